import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { GuestAccessApi } from '../api/guest-access.ts';
import { Refusal } from '../api/http.ts';
import type { GuestAccess, GuestLink } from '../api/types.ts';
import { GuestAccessModel } from './guest-access.svelte.ts';

const link = (id: string, more: Partial<GuestLink> = {}): GuestLink => ({
  id, name: id, state: 'open', uses: 4, max_uses: 50, created_ms: 0, end_ms: null, inside: 0, ...more,
});
const access = (links: GuestLink[], more: Partial<GuestAccess> = {}): GuestAccess => ({
  enabled: true, links, finishing: [], inside: 0, waiting: 0, max_links: 3, policy: { may_create: true }, now_ms: 1_000_000, ...more,
});
const form = (name: string, clicks = '', days = '') => ({ name, clicks, days });

function answers(first: GuestAccess) {
  return {
    get: vi.fn<GuestAccessApi['get']>(async () => first),
    turn: vi.fn<GuestAccessApi['turn']>(async (_item, enabled) => ({ guest_access: { ...first, enabled } })),
    create: vi.fn<GuestAccessApi['create']>(async (_item, more) => ({ link: link('new', { name: more.name }), url: 'https://x/g/new' })),
    change: vi.fn<GuestAccessApi['change']>(async (_item, id, change) => link(id, change as Partial<GuestLink>)),
    remove: vi.fn<GuestAccessApi['remove']>(async () => ({ guest_access: access([]), closed: { ended_viewings: 3, confirmed: true } })),
    reveal: vi.fn<GuestAccessApi['reveal']>(async (_item, id) => ({ url: `https://x/g/${id}` })),
    qr: vi.fn<GuestAccessApi['qr']>(async () => '<svg/>'),
  };
}

let clock = 0;
beforeEach(() => (clock = 5000));

async function opened(first: GuestAccess) {
  const api = answers(first);
  const model = new GuestAccessModel('item', { api, now: () => clock });
  await model.load();
  return { api, model };
}

describe('the list', () => {
  it("follows the server's clock", async () => {
    const { model } = await opened(access([]));
    clock = 65_000;
    expect(model.serverNow()).toBe(1_060_000);
  });

  it('names a link that could go only where it lets nobody in any more', async () => {
    const open = await opened(access([link('a', { uses: 1 }), link('b'), link('c')]));
    expect(open.model.couldGo).toBeNull();
    const { model } = await opened(access([link('a', { uses: 1 }), link('b', { state: 'used_up', uses: 50 }), link('c', { state: 'expired', uses: 9 })]));
    expect(model.full).toBe(true);
    expect(model.couldGo?.id).toBe('c');
  });

  it('still ends it now for those who finish behind a closed door', async () => {
    const finishing = [{ id: 'gone', name: 'Parents', inside: 2 }];
    const { api, model } = await opened(access([link('a')], { inside: 2, finishing }));
    expect(model.finishing).toEqual(finishing);
    expect(await model.endNow(model.finishing[0] ?? null)).toBe(true);
    expect(api.remove).toHaveBeenCalledWith('item', 'gone', { mode: 'now' });
    const off = await opened(access([link('a')], { enabled: false, inside: 2, finishing }));
    expect(off.model.finishing).toEqual([]);
    await off.model.endNow(null);
    expect(off.api.turn).toHaveBeenCalledWith('item', false, { mode: 'now' });
  });

  it('shows failure only when there is nothing to show', async () => {
    const { api, model } = await opened(access([link('a')]));
    api.get.mockRejectedValueOnce(new Refusal(0, { code: 'unreachable' }));
    await model.load();
    expect(model.phase).toBe('ready');
  });

  it('counts along while people come and go', async () => {
    const { api, model } = await opened(access([link('a')]));
    api.get.mockResolvedValueOnce(access([link('a', { inside: 2 })], { inside: 2 }));
    model.hear({ type: 'changed', item: 'item', what: 'inside' });
    await vi.waitFor(() => expect(model.access?.inside).toBe(2));
    expect(model.links[0]?.inside).toBe(2);
  });
});

describe('creating', () => {
  it('sends only what was typed and keeps the URL', async () => {
    const { api, model } = await opened(access([]));
    expect(await model.create(form(' Parents ', '', '14'))).toBe(true);
    expect(api.create).toHaveBeenCalledWith('item', { name: 'Parents', max_uses: undefined, days: 14 });
    expect(model.made).toEqual({ id: 'new', url: 'https://x/g/new' });
    expect(await model.url(link('new'))).toBe('https://x/g/new');
    expect(api.reveal).not.toHaveBeenCalled();
  });

  it('keeps the refusal and looks again when the list was older than the server', async () => {
    const { api, model } = await opened(access([]));
    api.create.mockRejectedValueOnce(new Refusal(409, { code: 'too_many_links', could_go: { id: 'a', name: 'Press' } }));
    expect(await model.create(form('Parents'))).toBe(false);
    expect(model.refusal?.body.could_go?.name).toBe('Press');
    expect(api.get).toHaveBeenCalledTimes(2);
    expect(model.busy).toBe(false);
  });
});

describe('changing', () => {
  it('sends only what differs', async () => {
    const { api, model } = await opened(access([link('a')]));
    const a = link('a');
    await model.change(a, form('a', '50', ''));
    expect(api.change).not.toHaveBeenCalled();
    await model.change(a, form('b', '50', '7'));
    expect(api.change).toHaveBeenCalledWith('item', 'a', { name: 'b', extend_days: 7 });
  });

  it('removes the limit with null', async () => {
    const { api, model } = await opened(access([link('a')]));
    await model.change(link('a'), form('a', '', ''));
    expect(api.change).toHaveBeenCalledWith('item', 'a', { max_uses: null });
  });
});

describe('closing', () => {
  it('says what "now" did until the next act', async () => {
    const { model } = await opened(access([link('a', { inside: 3 })], { inside: 3 }));
    await model.remove(link('a'), { mode: 'now' });
    expect(model.closed).toEqual({ ended_viewings: 3, confirmed: true });
    await model.turn(true);
    expect(model.closed).toBeNull();
  });

  it('asks for a URL once', async () => {
    const { api, model } = await opened(access([link('a')]));
    await model.url(link('a'));
    await model.url(link('a'));
    expect(api.reveal).toHaveBeenCalledTimes(1);
  });

  it('does one thing at a time', async () => {
    const { api, model } = await opened(access([link('a')]));
    const both = await Promise.all([model.turn(false, { mode: 'finish' }), model.turn(false, { mode: 'now' })]);
    expect(both).toEqual([true, false]);
    expect(api.turn).toHaveBeenCalledTimes(1);
  });
});
