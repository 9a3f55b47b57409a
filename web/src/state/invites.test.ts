import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { InvitesApi } from '../api/invites.ts';
import { Refusal } from '../api/http.ts';
import type { BulkAnswer, FoundMember, Invite, Invites, NewInvite } from '../api/types.ts';
import { BulkModel } from './invites-bulk.svelte.ts';
import { freshTerms } from './invites-form.ts';
import { PeopleFinder } from './invites-people.svelte.ts';
import { InvitesModel } from './invites.svelte.ts';

const invite = (id: string, more: Partial<Invite> = {}): Invite => ({
  id, email: `${id}@example.org`, first_name: id, last_name: 'K', role: 'viewer', role_now: 'viewer', state: 'created', uses: 0,
  max_uses: 1, created_ms: 0, end_ms: 9_000_000, made_by: 'Dana', inside: false, bound: false, proves_by_code: false, waiting: [], ...more,
});
const policy = { minutes_most: 1440, uses_most: 1, mail: false };
const page = (invites: Invite[], more: Partial<Invites> = {}): Invites => ({
  invites, total: invites.length, waiting: [], may_invite: true, roles: [{ role: 'viewer', capabilities: ['watch'] }], policy, now_ms: 1_000_000, ...more,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function apiOf(rows: Invite[], size = 50) {
  return {
    list: vi.fn<InvitesApi['list']>(async (_item, { cursor, limit = size, q = '' }) => {
      const found = rows.filter(({ email }) => email.includes(q));
      const from = cursor ? found.findIndex(({ id }) => id === cursor) + 1 : 0;
      const shown = found.slice(from, from + Math.min(limit, size));
      return page(shown, { total: found.length, next_cursor: from + shown.length < found.length ? shown.at(-1)?.id : null });
    }),
    create: vi.fn<InvitesApi['create']>(async () => ({ invite: invite('new'), url: 'https://x/i/new', hint: 'own_address' })),
    bulk: vi.fn<InvitesApi['bulk']>(),
    change: vi.fn<InvitesApi['change']>(async (_item, id) => invite(id, { last_name: 'changed' })),
    revoke: vi.fn<InvitesApi['revoke']>(async (_item, id) => ({ invite: invite(id, { state: 'revoked' }), closed: { ended_viewings: 1, confirmed: true } })),
    reveal: vi.fn<InvitesApi['reveal']>(async (_item, id) => ({ url: `https://x/i/${id}` })),
    qr: vi.fn<InvitesApi['qr']>(async () => '<svg/>'),
    replace: vi.fn<InvitesApi['replace']>(async (_item, id) => ({ invite: invite(id), url: 'https://x/i/again' })),
    send: vi.fn<InvitesApi['send']>(async (_item, id) => invite(id, { state: 'mailed' })),
    allow: vi.fn<InvitesApi['allow']>(async (_item, id) => invite(id, { max_uses: 2 })),
    decline: vi.fn<InvitesApi['decline']>(async (_item, id) => invite(id)),
    findMembers: vi.fn<InvitesApi['findMembers']>(),
  };
}

async function opened(rows: Invite[], size?: number) {
  const api = apiOf(rows, size);
  const model = new InvitesModel('item', { api, now: () => 5000 });
  await model.load();
  return { api, model };
}

const wanted: NewInvite = { email: 'new@example.org', first_name: 'N', last_name: 'K', role: 'viewer' };

describe('the list', () => {
  it.each([
    [undefined, true, true],
    ['policy_refused', true, true],
    ['module_off', true, false],
    ['no_right', false, false],
  ])('lets devices in for who shares the item, not for a site administrator (%s)', async (reason, may, mayRaise) => {
    const api = apiOf([]);
    api.list.mockResolvedValue(page([], { may_invite: !reason, reason }));
    const model = new InvitesModel('item', { api, now: () => 5000 });
    await model.load();
    expect(model.mayLetIn).toBe(may);
    expect(model.mayRaise).toBe(mayRaise);
  });

  it('loads further pages, and all that is shown again when something changes', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => invite(`p${at}`));
    const { api, model } = await opened(rows, 50);
    expect([model.invites.length, model.total, model.hasMore]).toEqual([50, 120, true]);
    await model.loadMore();
    expect(model.invites).toHaveLength(100);
    rows[70] = invite('p70', { state: 'entered' });
    model.hear({ type: 'changed', item: 'item', what: 'invites' });
    model.hear({ type: 'changed', item: 'item', what: 'inside' });
    await vi.runAllTimersAsync();
    expect(model.find('p70')?.state).toBe('entered');
    expect(model.invites).toHaveLength(100);
    // One burst is one reload, of two pages.
    expect(api.list).toHaveBeenCalledTimes(4);
  });

  it('does not ask for what it does not show', async () => {
    const { api, model } = await opened([]);
    model.hear({ type: 'changed', item: 'item', what: 'progress', percent: 3 });
    await vi.runAllTimersAsync();
    expect(api.list).toHaveBeenCalledTimes(1);
  });

  it('searches after a pause, and tells an empty list from an empty answer', async () => {
    const { model } = await opened([invite('anna'), invite('ben')]);
    expect(model.isEmpty).toBe(false);
    model.type('ann');
    model.type('nobody');
    await vi.runAllTimersAsync();
    expect([model.invites.length, model.isEmpty]).toEqual([0, false]);
    model.type('ann');
    await vi.runAllTimersAsync();
    expect(model.invites.map(({ id }) => id)).toEqual(['anna']);
  });

  it('shows failure only when there is nothing to show', async () => {
    const { api, model } = await opened([invite('anna')]);
    api.list.mockRejectedValue(new Refusal(0, { code: 'unreachable' }));
    await model.load();
    expect(model.phase).toBe('ready');
    const fresh = new InvitesModel('item', { api, now: () => 0 });
    await fresh.load();
    expect(fresh.phase).toBe('failed');
  });
});

describe('acts', () => {
  it('make one invite of a double click and know its URL unasked', async () => {
    const { api, model } = await opened([]);
    const [one, other] = await Promise.all([model.create(wanted), model.create(wanted)]);
    expect([one, other]).toEqual([true, false]);
    expect(api.create).toHaveBeenCalledTimes(1);
    expect(model.made).toMatchObject({ id: 'new', url: 'https://x/i/new', hint: 'own_address' });
    expect(await model.url('new')).toBe('https://x/i/new');
    expect(api.reveal).not.toHaveBeenCalled();
    expect(model.total).toBe(1);
  });

  it('send again in the language that was chosen last', async () => {
    const { api, model } = await opened([invite('anna')]);
    model.language = 'he';
    expect(await model.send('anna')).toBe(true);
    expect(api.send).toHaveBeenCalledWith('item', 'anna', 'he');
    expect(model.find('anna')?.state).toBe('mailed');
  });

  it('keep what the server refused, by field', async () => {
    const { api, model } = await opened([]);
    api.create.mockRejectedValue(new Refusal(422, { code: 'invalid', fields: { email: 'domain_refused' } }));
    expect(await model.create(wanted)).toBe(false);
    expect(model.refusal?.fields).toEqual({ email: 'domain_refused' });
    expect(model.busy).toBe(false);
  });

  it('forget the URL of what is revoked, and tell what closing came to only for "now"', async () => {
    const { api, model } = await opened([invite('anna')]);
    await model.url('anna');
    await model.revoke('anna', { mode: 'finish' });
    expect([model.find('anna')?.state, model.closed]).toEqual(['revoked', null]);
    await model.revoke('anna', { mode: 'now' });
    expect(model.closed?.ended_viewings).toBe(1);
    await model.url('anna');
    expect(api.reveal).toHaveBeenCalledTimes(2);
  });

  it('ask nothing of the server for a change that changes nothing', async () => {
    const { api, model } = await opened([invite('anna')]);
    expect(await model.change('anna', {})).toBe(true);
    expect(api.change).not.toHaveBeenCalled();
    await model.replace('anna');
    expect(await model.url('anna')).toBe('https://x/i/again');
    expect(model.made?.replaced).toBe(true);
  });
});

describe('the finder', () => {
  const anna: FoundMember = { name: 'Anna Klein', email: 'anna@example.org', first_name: 'Anna', last_name: 'Klein' };
  const ben: FoundMember = { ...anna, email: 'ben@example.org' };

  it('asks from three letters on, once typing pauses', async () => {
    const findMembers = vi.fn(async () => ({ members: [anna, ben] }));
    const finder = new PeopleFinder({ findMembers });
    for (const typed of ['a', 'an', 'ann', 'anna']) finder.type(typed);
    await vi.runAllTimersAsync();
    expect(findMembers.mock.calls).toEqual([['anna', expect.any(AbortSignal)]]);
    expect([finder.open, finder.chosen]).toEqual([true, null]);
    finder.move(1);
    expect(finder.chosen).toEqual(anna);
    finder.move(-1);
    expect(finder.chosen).toBeNull();
    finder.move(-1);
    expect(finder.chosen).toEqual(ben);
    finder.type('an');
    expect([finder.open, finder.found.length]).toEqual([false, 0]);
  });

  it('drops answers that come too late and is silent when there are none', async () => {
    const late: { answer?: (found: { members: FoundMember[] }) => void } = {};
    const findMembers = vi.fn<InvitesApi['findMembers']>()
      .mockImplementationOnce(() => new Promise((answer) => (late.answer = answer)))
      .mockRejectedValueOnce(new Refusal(429, { code: 'too_many_requests' }));
    const finder = new PeopleFinder({ findMembers });
    finder.type('anna');
    await vi.runAllTimersAsync();
    finder.type('annab');
    late.answer?.({ members: [anna] });
    await vi.runAllTimersAsync();
    expect([finder.open, finder.found.length]).toEqual([false, 0]);
  });
});

describe('many at once', () => {
  const terms = freshTerms(policy, 'viewer', 'en');
  const answer = (more: Partial<BulkAnswer> = {}): BulkAnswer => ({
    rows: 2, good: 1, bad_rows: [{ row: 2, field: 'email', code: 'email_invalid' }], waiting_rows: [], columns: [], known_columns: [], invited_rows: [], preview: [], unusual: [], created: [], ...more,
  });

  it('leaves wrong rows out and asks again', async () => {
    const bulk = vi.fn<InvitesApi['bulk']>().mockResolvedValueOnce(answer()).mockResolvedValueOnce(answer({ rows: 1, bad_rows: [] }));
    const model = new BulkModel('item', { bulk });
    model.write('a@x.org,A,A\nbad,B,B');
    await model.check(terms, policy);
    expect(model.badRows).toBe(1);
    expect(model.shownBad).toEqual([{ row: 2, field: 'email', code: 'email_invalid', text: 'bad,B,B' }]);
    await model.leaveOutBad(terms, policy);
    expect(bulk.mock.calls[1]?.[1]).toMatchObject({ text: 'a@x.org,A,A\n', dry_run: true });
    expect(model.badRows).toBe(0);
  });

  it('asks for names that are missing and sends them with the sheet', async () => {
    const waiting_rows = [{ row: 1, part: 'b@x.org', email: 'b@x.org', first_name: '', last_name: '' }];
    const bulk = vi.fn<InvitesApi['bulk']>().mockResolvedValueOnce(answer({ bad_rows: [], waiting_rows })).mockResolvedValueOnce(answer({ rows: 2, good: 2, bad_rows: [] }));
    const model = new BulkModel('item', { bulk });
    model.write('A K <a@x.org>; b@x.org');
    await model.check(terms, policy);
    expect(model.waiting).toHaveLength(1);
    expect(bulk.mock.calls[0]?.[1]).toMatchObject({ names: [] });
    Object.assign(model.names['b@x.org'] ?? {}, { first_name: 'B', last_name: 'L' });
    await model.check(terms, policy);
    expect(bulk.mock.calls[1]?.[1]).toMatchObject({ names: [{ email: 'b@x.org', first_name: 'B', last_name: 'L' }] });
    expect(model.waiting).toHaveLength(0);
  });

  it('leaves one person out of a line of several', async () => {
    const waiting_rows = [{ row: 1, part: 'b@x.org', email: 'b@x.org', first_name: '', last_name: '' }];
    const bulk = vi.fn<InvitesApi['bulk']>().mockResolvedValueOnce(answer({ bad_rows: [], waiting_rows })).mockResolvedValueOnce(answer({ bad_rows: [] }));
    const model = new BulkModel('item', { bulk });
    model.write('A K <a@x.org>; b@x.org');
    await model.check(terms, policy);
    await model.leaveOutWaiting(terms, policy);
    expect(bulk.mock.calls[1]?.[1]).toMatchObject({ text: 'A K <a@x.org>; ' });
  });

  it('shows a hundred of ten thousand faults', async () => {
    const bad_rows = Array.from({ length: 10_000 }, (_, at) => ({ row: at + 1, field: 'email', code: 'email_invalid' }));
    const model = new BulkModel('item', { bulk: async () => answer({ bad_rows }) });
    model.write('bad\n'.repeat(10_000));
    await model.check(terms, policy);
    expect([model.shownBad.length, model.badRows]).toEqual([100, 10_000]);
  });

  it('forgets what was said when the text changes, and makes a file of what was made', async () => {
    const created = [{ row: 1, id: 'a', email: 'a@x.org', first_name: 'A', last_name: 'K', url: 'https://x/i/a' }];
    const bulk = vi.fn<InvitesApi['bulk']>(async (_item, { dry_run }) => answer({ bad_rows: [], created: dry_run ? [] : created }));
    const model = new BulkModel('item', { bulk });
    model.write('a@x.org,A,K');
    await model.check(terms, policy);
    model.write('b@x.org,B,K');
    expect(model.checked).toBeNull();
    const [one, other] = await Promise.all([model.make(terms, policy), model.make(terms, policy)]);
    expect([one, other]).toEqual([true, false]);
    expect(model.csv(['E-mail', 'First', 'Last', 'Link'])).toContain('a@x.org,A,K,https://x/i/a\r\n');
    expect(model.urls).toBe('a@x.org\thttps://x/i/a');
  });

  it('takes files of text that are not too large', async () => {
    const model = new BulkModel('item', { bulk: vi.fn() });
    const file = (text: string, size = text.length) => ({ name: 'people.csv', size, arrayBuffer: async () => new TextEncoder().encode(text).buffer as ArrayBuffer });
    await model.read(file('x', 99_000_000), 'en');
    expect(model.fileError).toBe('sheet_too_large');
    await model.read(file('\0\0'), 'en');
    expect(model.fileError).toBe('text_unreadable');
    await model.read(file('a@x.org,A,K'), 'en');
    expect([model.fileError, model.file, model.text]).toEqual([null, 'people.csv', 'a@x.org,A,K']);
  });
});
