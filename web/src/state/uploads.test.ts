import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sending, UploadEvents, UploadTransport } from '../api/uploads.ts';
import { titleOf, Uploads, type Made, type Upload } from './uploads.svelte.ts';

/** Stands for the network: keeps what the tray asked for and lets the test answer. */
class Wire implements UploadTransport {
  readonly opened: { file: File; events: UploadEvents; asked: string[] }[] = [];
  kept = [{ key: 'k', name: 'old.mp4', sizeBytes: 10, startedMs: 1 }];

  open(file: File, _title: string, events: UploadEvents): Sending {
    const asked: string[] = [];
    this.opened.push({ file, events, asked });
    const note = (what: string) => async () => void asked.push(what);
    return { start: note('start'), pause: note('pause'), discard: note('discard') };
  }

  unfinished() {
    return this.kept;
  }

  async forget() {}

  match(file: File) {
    return this.kept.find(({ name }) => name === file.name)?.key;
  }

  at(index: number) {
    const one = this.opened[index];
    if (!one) throw new Error(`nothing was opened at ${index}`);
    return one;
  }
}

const file = (name: string, bytes = 100, type = 'video/mp4') => new File([new Uint8Array(bytes)], name, { type });
let clock = 0;
let items: string[] = [];
let made: Made = { state: 'queued' };
let wire: Wire;
let tray: Uploads;

function only(): Upload {
  const [first] = tray.list;
  if (!first) throw new Error('the tray is empty');
  return first;
}

beforeEach(() => {
  vi.useFakeTimers();
  clock = 0;
  items = [];
  made = { state: 'queued' };
  wire = new Wire();
  tray = new Uploads({ now: () => clock, onItem: (item) => items.push(item), maxBytes: () => 1000, look: async () => made });
  tray.begin(wire);
});

afterEach(() => vi.useRealTimers());

describe('the tray', () => {
  it('sends three at once and the fourth when one is done', () => {
    tray.add([file('a.mp4'), file('b.mp4'), file('c.mp4'), file('d.mp4')]);
    expect(tray.list.map(({ phase }) => phase)).toEqual(['sending', 'sending', 'sending', 'queued']);
    wire.at(0).events.onDone();
    expect(tray.list.map(({ phase }) => phase)).toEqual(['done', 'sending', 'sending', 'sending']);
  });

  it('says when what arrived is ready, not only that it arrived', async () => {
    tray.add([file('a.mp4')]);
    wire.at(0).events.onItem('item1');
    wire.at(0).events.onDone();
    await vi.advanceTimersByTimeAsync(0);
    expect([only().made?.state, only().isOver, tray.making]).toEqual(['queued', false, ['item1']]);
    await tray.look('item1', 42);
    expect(only().made).toEqual({ state: 'processing', progress_percent: 42 });
    made = { state: 'ready' };
    await tray.look('item1');
    expect([only().isOver, tray.making]).toEqual([true, []]);
  });

  it('does not open by itself where it would be in the way', () => {
    tray.open = false;
    tray.opensAlone = false;
    tray.add([file('a.mp4')]);
    expect(tray.open).toBe(false);
  });

  it('tells of the item when it is made and when it has arrived', () => {
    tray.add([file('a.mp4')]);
    wire.at(0).events.onItem('item1');
    wire.at(0).events.onItem('item1');
    wire.at(0).events.onDone();
    expect(items).toEqual(['item1', 'item1']);
  });

  it('says rate and time left after a moment, and never 100 % before the end', () => {
    tray.add([file('a.mp4', 1000)]);
    const { events } = wire.at(0);
    events.onProgress(0);
    expect(only().rate).toBeNull();
    clock = 2000;
    events.onProgress(500);
    expect(only().rate).toBe(250);
    expect(only().secondsLeft).toBe(2);
    events.onProgress(1000);
    expect(only().percent).toBe(99);
    events.onDone();
    expect(only().percent).toBe(100);
  });

  it('waits for a silent server and tries again by itself, later each time', () => {
    tray.add([file('a.mp4')]);
    const { events, asked } = wire.at(0);
    events.onTrouble({ code: 'unreachable', transient: true });
    expect(only().phase).toBe('waiting_for_server');
    vi.advanceTimersByTime(999);
    expect(asked).toEqual(['start']);
    vi.advanceTimersByTime(1);
    expect(asked).toEqual(['start', 'start']);
    events.onTrouble({ code: 'unreachable', transient: true });
    vi.advanceTimersByTime(1999);
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(asked).toHaveLength(3);
    expect(only().phase).toBe('sending');
  });

  it('begins with the short pause again once bytes have gone through', () => {
    tray.add([file('a.mp4')]);
    const { events, asked } = wire.at(0);
    for (const _ of [1, 2, 3]) {
      events.onTrouble({ code: 'unreachable', transient: true });
      vi.advanceTimersByTime(30_000);
    }
    events.onProgress(10);
    events.onTrouble({ code: 'unreachable', transient: true });
    vi.advanceTimersByTime(1000);
    expect(asked).toHaveLength(5);
  });

  it('ends at a refusal and gives its place to the next', () => {
    tray.add([file('a.mp4'), file('b.mp4'), file('c.mp4'), file('d.mp4')]);
    wire.at(0).events.onTrouble({ code: 'disk_floor', transient: false });
    expect(tray.list.map(({ phase }) => phase)).toEqual(['failed', 'sending', 'sending', 'sending']);
    expect(only().trouble?.code).toBe('disk_floor');
  });

  it.each([
    [file('big.mp4', 1001), 'too_large'],
    [file('empty.mp4', 0), 'file_empty'],
    [file('notes.pdf', 10, 'application/pdf'), 'not_media'],
    [file('notes.txt', 10, 'text/plain'), 'not_media'],
  ])('refuses at once what the server would refuse: %#', (bad, code) => {
    tray.add([bad]);
    expect(only().trouble?.code).toBe(code);
    expect(wire.opened).toHaveLength(0);
  });

  it('sends files whose type the browser does not know', () => {
    tray.add([file('film.mkv', 10, '')]);
    expect(only().phase).toBe('sending');
  });
});

describe('pause, resume, cancel', () => {
  it('pauses without losing the place, and ignores the late trouble of the aborted request', () => {
    tray.add([file('a.mp4')]);
    tray.pause(only());
    wire.at(0).events.onTrouble({ code: 'unreachable', transient: true });
    expect(only().phase).toBe('paused');
    tray.resume(only());
    expect(wire.at(0).asked).toEqual(['start', 'pause', 'start']);
    expect(wire.opened).toHaveLength(1);
  });

  it('stays paused while a retry was pending', () => {
    tray.add([file('a.mp4')]);
    wire.at(0).events.onTrouble({ code: 'unreachable', transient: true });
    tray.pause(only());
    vi.advanceTimersByTime(60_000);
    expect(only().phase).toBe('paused');
    expect(wire.at(0).asked).toEqual(['start', 'pause']);
  });

  it('cancels on the server too, but leaves a finished one alone', () => {
    tray.add([file('a.mp4'), file('b.mp4')]);
    wire.at(0).events.onDone();
    for (const upload of [...tray.list]) tray.cancel(upload);
    expect(wire.at(0).asked).not.toContain('discard');
    expect(wire.at(1).asked).toContain('discard');
    expect(tray.empty).toBe(false);
    expect(tray.unfinished).toHaveLength(1);
  });
});

describe('unfinished uploads', () => {
  it('go on when the same file is chosen again', () => {
    expect(tray.unfinished.map(({ name }) => name)).toEqual(['old.mp4']);
    tray.add([file('old.mp4')]);
    expect(tray.unfinished).toEqual([]);
    expect(only().resumed).toBe(true);
  });

  it('leave nothing behind when the member signs out', () => {
    tray.add([file('a.mp4')]);
    tray.end();
    expect(wire.at(0).asked).toEqual(['start', 'pause']);
    expect(tray.empty).toBe(true);
  });
});

it('makes titles of file names', () => {
  expect(titleOf('IMG_2041.final.mp4')).toBe('IMG_2041.final');
  expect(titleOf('.mp4')).toBe('.mp4');
  expect(titleOf('Talk about 3.5 ways')).toBe('Talk about 3.5 ways');
});
