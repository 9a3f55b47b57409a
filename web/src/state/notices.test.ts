import { expect, it, vi } from 'vitest';
import { notices } from './notices.svelte.ts';

it('good news replaces older good news, and what went wrong stays', () => {
  vi.useFakeTimers();
  notices.say('on', 'good');
  notices.say('broken', 'danger');
  notices.say('off', 'good');
  expect(notices.list.map(({ text }) => text)).toEqual(['broken', 'off']);
  vi.advanceTimersByTime(60_000);
  expect(notices.list.map(({ text }) => text)).toEqual(['broken']);
  vi.useRealTimers();
});
