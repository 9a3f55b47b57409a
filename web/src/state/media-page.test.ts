import { expect, it } from 'vitest';
import { Refusal } from '../api/http.ts';
import type { ItemsApi } from '../api/items.ts';
import type { ItemView } from '../api/types.ts';
import { MediaPage, canRetry } from './media-page.svelte.ts';

const item: ItemView = {
  id: 'a', title: 'Lecture', kind: 'video', state: 'ready', created_ms: 0, shares: true, guest_access: true, guest_links: 1, invites: 0, waiting: 0, inside: 0,
  description: '', owner_name: 'Olga', as: { kind: 'owner' }, renditions: [],
  capabilities: ['watch', 'edit', 'manage_guest_access', 'manage_invites', 'invite', 'see_activity'],
};

it('offers nothing about links where the module is off', () => {
  const capabilities = item.capabilities;
  expect(capabilities.filter((one) => new MediaPage('a', item).may(one))).toEqual(capabilities);
  const off = new MediaPage('a', { ...item, shares: false });
  expect(capabilities.filter((one) => off.may(one))).toEqual(['watch', 'edit', 'see_activity']);
});

it('lets a page whose seat is another device\'s offer nothing more than what it shows', async () => {
  const asks = (status: number) => ({ get: () => Promise.reject(new Refusal(status, { code: 'sign_in_first' })) }) as unknown as ItemsApi;
  const seated: ItemView = { ...item, as: { kind: 'invitee', name: 'Anna' } };
  const moved = new MediaPage('a', seated, false, asks(401));
  await moved.load();
  expect([moved.finishing, moved.phase, moved.may('edit'), moved.may('watch')]).toEqual([true, 'ready', false, true]);
  const busy = new MediaPage('a', seated, false, asks(503));
  await busy.load();
  expect([busy.finishing, busy.phase]).toEqual([false, 'ready']);
});

it('offers to process again only what can come to something else', () => {
  const failed = (can_retry: boolean) => ({ state: 'failed' as const, failure: { code: 'x', can_retry } });
  expect(canRetry(failed(true))).toBe(true);
  expect(canRetry(failed(false))).toBe(false);
  expect(canRetry({ state: 'cancelled' })).toBe(true);
  expect(canRetry({ state: 'processing' })).toBe(false);
});
