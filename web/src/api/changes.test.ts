import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Changes } from './changes.ts';

/** Stands for the network: opens and closes when the test says so. */
class Line {
  static readonly OPEN = 1;
  static readonly all: Line[] = [];
  readyState = 0;
  readonly sent: string[] = [];
  onopen?: () => void;
  onclose?: () => void;

  constructor() {
    Line.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {}

  open(): void {
    this.readyState = Line.OPEN;
    this.onopen?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  Line.all.length = 0;
  vi.stubGlobal('WebSocket', Line);
  vi.stubGlobal('location', { href: 'http://localhost/' });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('lets listeners look again once the server knows what is watched, at first and after a gap', () => {
  const heard: string[] = [];
  new Changes().listen(['a'], ({ type }) => heard.push(type));
  const [first] = Line.all;
  vi.advanceTimersByTime(5000);
  expect(heard).toEqual([]);
  first?.open();
  expect(first?.sent).toEqual(['{"type":"watch","items":["a"]}']);
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(300);
  expect(heard).toEqual(['reconnected']);
  first?.onclose?.();
  vi.advanceTimersByTime(1000);
  Line.all[1]?.open();
  vi.advanceTimersByTime(300);
  expect(heard).toEqual(['reconnected', 'reconnected']);
});
