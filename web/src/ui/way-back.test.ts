import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WayBack } from './way-back.ts';

/** A browser's history, whose steps arrive later, as they do. */
class Past {
  entries: unknown[] = [null];
  at = 0;
  onstep: () => void = () => {};

  get state(): unknown {
    return this.entries[this.at];
  }

  pushState(state: unknown): void {
    this.entries = [...this.entries.slice(0, this.at + 1), state];
    this.at += 1;
  }

  go(by: number): void {
    setTimeout(() => {
      this.at += by;
      this.onstep();
    }, 5);
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
    past.pushState({ isDialog: true });
    way.begin();
    later();
    expect([past.at, left]).toEqual([0, 0]);
  });
});
