import { beforeEach, describe, expect, it, vi } from 'vitest';
import { stepWithinMs, WayBack } from './way-back.ts';

/** A browser's history, whose steps arrive later, as they do. */
class Past {
  entries: unknown[] = [null];
  at = 0;
  onstep: () => void = () => {};
  /** So many of the next steps are never taken. */
  swallowed = 0;
  private pending: ReturnType<typeof setTimeout> | undefined;

  get state(): unknown {
    return this.entries[this.at];
  }

  pushState(state: unknown): void {
    this.entries = [...this.entries.slice(0, this.at + 1), state];
    this.at += 1;
  }

  go(by: number): void {
    if (this.swallowed > 0) return void (this.swallowed -= 1);
    this.pending = setTimeout(() => this.land(this.at + by), 5);
  }

  /** Steps that are under way together come out as one. */
  land(at: number): void {
    clearTimeout(this.pending);
    this.at = at;
    this.onstep();
  }
}

let past: Past;
let way: WayBack;
let left: number;
const later = () => vi.advanceTimersByTime(20);

beforeEach(() => {
  vi.useFakeTimers();
  past = new Past();
  way = new WayBack(() => past);
  left = 0;
  past.onstep = () => {
    if (!way.stepped()) left += 1;
  };
});

function back(): void {
  past.go(-1);
  later();
}

describe('"back"', () => {
  it('closes the dialog that is open and leaves the page only then', () => {
    past.pushState('page');
    const closed = way.enter(() => closed());
    later();
    expect(past.at).toBe(2);
    back();
    expect([past.at, left]).toEqual([1, 0]);
    back();
    expect([past.at, left]).toEqual([0, 1]);
  });

  it('has no step too many after a dialog that was closed by itself', () => {
    past.pushState('page');
    const closed = way.enter(() => closed());
    later();
    closed();
    later();
    expect(past.at).toBe(1);
    back();
    expect(left).toBe(1);
  });

  it('finds one entry where a dialog follows another', () => {
    const first = way.enter(() => first());
    later();
    first();
    const second = way.enter(() => second());
    later();
    expect([past.at, past.entries.length]).toEqual([1, 2]);
    back();
    expect([past.at, left]).toEqual([0, 0]);
  });

  it('asks again for a dialog that stayed open', () => {
    let asked = 0;
    way.enter(() => (asked += 1));
    later();
    back();
    expect([asked, past.at]).toEqual([1, 1]);
    back();
    expect([asked, left]).toEqual([2, 0]);
  });

  it('never leads to a dialog that is gone, once the page has gone on', () => {
    const closed = way.enter(() => closed());
    later();
    way.leave(() => {
      past.pushState('next page');
      closed();
    });
    later();
    expect(past.entries).toEqual([null, 'next page']);
    back();
    expect([past.at, left]).toEqual([0, 1]);
  });

  it('has no step for a dialog from before a reload', () => {
    past.pushState({ isDialog: true, depth: 1 });
    way.begin();
    later();
    expect([past.at, left]).toEqual([0, 0]);
  });
});

describe('a step back that is under way', () => {
  /** A dialog over a page that has one before it, closed and with its step just asked for. */
  function closing(): void {
    past.pushState('page');
    const closed = way.enter(() => closed());
    later();
    closed();
    vi.advanceTimersByTime(1);
  }

  function opened(): { asked: number } {
    const one = { asked: 0 };
    const closed = way.enter(() => {
      one.asked += 1;
      closed();
    });
    return one;
  }

  it('closes no dialog that opens meanwhile', () => {
    closing();
    const next = opened();
    later();
    expect([past.at, next.asked, left]).toEqual([2, 0, 0]);
    back();
    expect([past.at, next.asked, left]).toEqual([1, 1, 0]);
    back();
    expect(left).toBe(1);
  });

  it('keeps two dialogs that follow each other right, however late it arrives', () => {
    closing();
    const share = way.enter(() => share());
    vi.advanceTimersByTime(1);
    share();
    vi.advanceTimersByTime(1);
    const next = opened();
    later();
    expect([past.at, next.asked, left]).toEqual([2, 0, 0]);
  });

  it('is followed by whoever wants to leave meanwhile', () => {
    closing();
    way.leave(() => past.pushState('next page'));
    expect(past.entries).not.toContain('next page');
    later();
    expect(past.entries).toEqual([null, 'page', 'next page']);
  });

  it('of one of two dialogs lets whoever leaves take back the other one first', () => {
    past.pushState('page');
    way.enter(() => {});
    const second = way.enter(() => {});
    later();
    second();
    vi.advanceTimersByTime(1);
    way.leave(() => past.pushState('next page'));
    later();
    expect(past.entries.slice(0, 3)).toEqual([null, 'page', 'next page']);
  });

  it('and the user\'s own, taken at once, close a dialog each', () => {
    past.pushState('page');
    const first = opened();
    const second = way.enter(() => {});
    later();
    second();
    vi.advanceTimersByTime(1);
    past.land(1);
    later();
    expect([past.at, first.asked]).toEqual([1, 1]);
    back();
    expect(left).toBe(1);
  });

  it('and a "back" of the user before it arrives lead out of the page, once', () => {
    closing();
    past.land(1);
    past.land(0);
    later();
    expect([past.at, left]).toEqual([0, 1]);
  });

  it('that the browser swallows keeps nobody who leaves', () => {
    const one = way.enter(() => {});
    later();
    past.swallowed = 1;
    let gone = 0;
    way.leave(() => {
      gone += 1;
      past.pushState('next page');
      one();
    });
    way.leave(() => (gone += 1));
    vi.advanceTimersByTime(stepWithinMs);
    expect(gone).toBe(2);
    way.leave(() => (gone += 1));
    expect(gone).toBe(3);
    // The entry that stayed is no stop on the way back.
    later();
    back();
    expect([past.at, past.state]).toEqual([0, null]);
  });

  it('that the browser swallows is made up for when the next dialog goes', () => {
    past.swallowed = 1;
    closing();
    const next = opened();
    vi.advanceTimersByTime(2 * stepWithinMs);
    expect([past.at, past.entries.length]).toEqual([2, 3]);
    back();
    expect([past.at, next.asked, left]).toEqual([1, 1, 0]);
    back();
    expect(left).toBe(1);
  });

  it('that the browser swallows costs a "back" at most', () => {
    past.swallowed = 1;
    closing();
    vi.advanceTimersByTime(stepWithinMs);
    back();
    back();
    expect([past.at, left]).toEqual([0, 1]);
  });
});

describe('a step of the user', () => {
  it('over two entries at once leaves the count right', () => {
    past.pushState('page');
    const asked: string[] = [];
    const first = way.enter(() => (asked.push('first'), first()));
    const second = way.enter(() => (asked.push('second'), second()));
    later();
    past.land(1);
    later();
    expect([asked, past.at]).toEqual([['second'], 2]);
    back();
    expect([asked, past.at, left]).toEqual([['second', 'first'], 1, 0]);
  });

  it('forward to a dialog that is gone leads back', () => {
    past.pushState('page');
    const closed = way.enter(() => closed());
    later();
    back();
    past.go(1);
    later();
    expect([past.at, left]).toEqual([1, 0]);
  });
});
