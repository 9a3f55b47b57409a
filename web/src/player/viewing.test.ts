import { describe, expect, it } from 'vitest';
import { openViewing, type Changed, type ViewingState } from './viewing';
import { World } from './viewing/world';

const denied = { status: 404, body: { code: 'denied', reference: '7KQ-3MD' } };
const ended = (reason: string) => ({ status: 404, body: { code: 'ended', reason } });

async function watch(world: World) {
  const viewing = openViewing('item1', world.outside);
  const seen: string[] = [];
  viewing.subscribe((state) => seen.push(say(state)));
  await world.settle();
  return { viewing, seen };
}

function say(state: ViewingState): string {
  if (state.kind === 'open') return `open ${state.opened.mediaUrl}`;
  if (state.kind === 'ended') return `ended ${state.reason}`;
  if (state.kind === 'denied') return `denied ${state.reference}`;
  return state.kind;
}

describe('opening', () => {
  it('asks once and gives the media URL', async () => {
    const world = new World();
    const { seen } = await watch(world);
    expect(seen).toEqual(['opening', 'open /m/v1/master.m3u8']);
    expect(world.posts).toEqual(['/api/viewings {"item":"item1"}']);
    expect(world.sockets[0]?.path).toBe('/m/v1/socket');
  });

  it('tells the reference when refused, and asks no more', async () => {
    const world = new World();
    world.answers.push(denied);
    const { seen } = await watch(world);
    await world.pass(120_000);
    expect(seen).toEqual(['opening', 'denied 7KQ-3MD']);
    expect(world.posts).toHaveLength(1);
  });

  it('goes on trying while the server is away or busy', async () => {
    const world = new World();
    world.answers.push('no answer', { status: 503, body: {} });
    const { seen } = await watch(world);
    await world.pass(5_000);
    expect(seen).toEqual(['opening', 'offline', 'open /m/v1/master.m3u8']);
  });

  it('tries again when an answer breaks off in its middle', async () => {
    const world = new World();
    world.answers.push('breaks off', { status: 200, body: null });
    const { seen } = await watch(world);
    await world.pass(5_000);
    expect(seen).toEqual(['opening', 'offline', 'open /m/v1/master.m3u8']);
  });

  // A rejection that nobody takes would fail the whole run.
  it('leaves quietly in the middle of an answer', async () => {
    const world = new World();
    world.answers.push('stops halfway');
    const { viewing, seen } = await watch(world);
    viewing.leave();
    await world.pass(60_000);
    expect([seen, world.posts.length]).toEqual([['opening'], 1]);
  });
});

describe('renewing', () => {
  it('happens every 20 s', async () => {
    const world = new World();
    await watch(world);
    await world.pass(19_999);
    expect(world.renewals()).toBe(0);
    await world.pass(1);
    expect(world.renewals()).toBe(1);
    await world.pass(60_000);
    expect(world.renewals()).toBe(4);
  });

  it('is repeated soon when lost, and one loss is not worth a word', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.answers.push('no answer');
    await world.pass(21_500);
    expect(world.renewals()).toBe(2);
    expect(seen).toEqual(['opening', 'open /m/v1/master.m3u8']);
  });

  it('gives up on an answer that never comes, and tries again', async () => {
    const world = new World();
    await watch(world);
    world.answers.push('hangs');
    await world.pass(20_000);
    expect(world.renewals()).toBe(1);
    await world.pass(11_500);
    expect(world.renewals()).toBe(2);
  });

  it('says offline from the second loss on, then open with the same media URL', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.answers.push('no answer', 'no answer', 'no answer');
    await world.pass(40_000);
    expect(seen).toEqual(['opening', 'open /m/v1/master.m3u8', 'offline', 'open /m/v1/master.m3u8']);
  });

  it('ends with the server\'s reason and then stays quiet', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.answers.push(ended('ended_now'));
    await world.pass(200_000);
    expect(seen.at(-1)).toBe('ended ended_now');
    expect(world.renewals()).toBe(1);
    expect(world.sockets.at(-1)?.isClosed).toBe(true);
  });
});

describe('sleep', () => {
  it('renews at once on waking when the ticket is older than a turn', async () => {
    const world = new World();
    await watch(world);
    world.sleep(90_000);
    world.emit('wake');
    await world.pass(0);
    expect(world.renewals()).toBe(1);
  });

  it('renews in a hidden tab, whose timers sleep, when the socket says that it lives', async () => {
    const world = new World();
    await watch(world);
    world.sockets[0]?.open();
    for (let turn = 0; turn < 6; turn += 1) {
      world.sleep(20_000);
      world.sockets[0]?.say({ type: 'alive' });
      await world.settle();
    }
    expect(world.renewals()).toBe(6);
  });

  it('renews before a request for media when the ticket is older than 30 s, once for all who wait', async () => {
    const world = new World();
    const { viewing } = await watch(world);
    world.sleep(30_000);
    await viewing.freshTicket();
    expect(world.renewals()).toBe(0);
    world.sleep(1);
    await Promise.all([viewing.freshTicket(), viewing.freshTicket()]);
    expect(world.renewals()).toBe(1);
  });

  it('lets a request for media go on when the renewal fails', async () => {
    const world = new World();
    const { viewing } = await watch(world);
    world.sleep(40_000);
    world.answers.push('no answer');
    await viewing.freshTicket();
    await viewing.freshTicket();
    expect(world.renewals()).toBe(1);
  });

  it('does not renew on waking after a glance away', async () => {
    const world = new World();
    await watch(world);
    await world.pass(5_000);
    world.emit('wake');
    await world.pass(0);
    expect(world.renewals()).toBe(0);
  });

  it('gets a new viewing when it was silent too long and the door is still open', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.sleep(600_000);
    world.answers.push(ended('expired'));
    world.emit('wake');
    await world.pass(0);
    expect(seen).toEqual(['opening', 'open /m/v1/master.m3u8', 'open /m/v2/master.m3u8']);
    await world.pass(20_000);
    expect(world.posts.at(-1)).toContain('/m/v2/renew');
  });

  it('is denied when it was silent too long and the door has closed', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.sleep(600_000);
    world.answers.push(ended('expired'), denied);
    world.emit('wake');
    await world.pass(0);
    expect(seen.at(-1)).toBe('denied 7KQ-3MD');
  });

  it('replaces a socket that was silent too long', async () => {
    const world = new World();
    await watch(world);
    world.sockets[0]?.open();
    world.sleep(90_000);
    world.emit('wake');
    expect(world.sockets).toHaveLength(2);
    expect(world.sockets[0]?.isClosed).toBe(true);
  });
});

describe('leaving', () => {
  it('tells the server by beacon, and nothing is renewed after', async () => {
    const world = new World();
    const { viewing } = await watch(world);
    viewing.leave();
    await world.pass(120_000);
    expect(world.beacons).toEqual(['/m/v1/leave']);
    expect(world.renewals()).toBe(0);
  });

  it('opens a new viewing when the browser brings the page back whole', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.emit('hide');
    world.emit('show');
    await world.settle();
    expect(world.beacons).toEqual(['/m/v1/leave']);
    expect(seen.at(-1)).toBe('open /m/v2/master.m3u8');
  });

  it('takes no notice of an answer that comes too late', async () => {
    const world = new World();
    world.answers.push('hangs');
    const { viewing, seen } = await watch(world);
    viewing.leave();
    await world.pass(60_000);
    expect(seen).toEqual(['opening']);
    expect(world.posts).toHaveLength(1);
  });
});

describe('the socket', () => {
  it('ends the viewing at once', async () => {
    const world = new World();
    const { seen } = await watch(world);
    world.sockets[0]?.say({ type: 'ended', reason: 'opened_elsewhere' });
    expect(seen.at(-1)).toBe('ended opened_elsewhere');
  });

  it('hands on changes', async () => {
    const world = new World();
    const { viewing } = await watch(world);
    const changes: Changed[] = [];
    viewing.onChanged((change) => changes.push(change));
    world.sockets[0]?.say({ type: 'alive' });
    world.sockets[0]?.say({ type: 'changed', item: 'item1', what: 'inside', inside: 4 });
    expect(changes).toEqual([{ item: 'item1', what: 'inside', inside: 4 }]);
  });

  it('comes back after silence and says that something may have been missed', async () => {
    const world = new World();
    const { viewing, seen } = await watch(world);
    const changes: Changed[] = [];
    viewing.onChanged((change) => changes.push(change));
    world.sockets[0]?.open();
    await world.pass(45_000);
    expect(world.sockets[0]?.isClosed).toBe(true);
    await world.pass(1_000);
    world.sockets[1]?.open();
    expect(changes).toEqual([{ what: 'missed' }]);
    expect(seen.at(-1)).toBe('open /m/v1/master.m3u8');
  });

  it('waits longer after each failed attempt', async () => {
    const world = new World();
    await watch(world);
    const times: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const before = world.sockets.length;
      const from = world.nowMs;
      world.sockets.at(-1)?.close();
      while (world.sockets.length === before) await world.pass(250);
      times.push(world.nowMs - from);
    }
    expect(times).toEqual([1000, 2000, 4000, 8000, 15000]);
  });
});
