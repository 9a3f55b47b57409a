import { afterEach, expect, it, vi } from 'vitest';
import { askEarly, takeEarly } from './early';

const body = (item: string) => JSON.stringify({ item });
const never = () => new AbortController().signal;

function answering() {
  const asked = vi.fn((_: string, init: RequestInit) => Promise.resolve(new Response(String(init.body))));
  vi.stubGlobal('fetch', asked);
  return asked;
}

afterEach(() => {
  takeEarly('/api/viewings', body('a'), never());
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('is taken once, by whoever opens a viewing of the same item', async () => {
  const asked = answering();
  askEarly('a');
  expect(takeEarly('/api/viewings', body('b'), never())).toBeNull();
  expect(takeEarly('/m/v1/renew', null, never())).toBeNull();
  expect(await (await takeEarly('/api/viewings', body('a'), never()))?.text()).toBe(body('a'));
  expect(takeEarly('/api/viewings', body('a'), never())).toBeNull();
  expect(asked).toHaveBeenCalledTimes(1);
});

it('is not taken when it has grown old', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  answering();
  askEarly('a');
  vi.advanceTimersByTime(16_000);
  expect(takeEarly('/api/viewings', body('a'), never())).toBeNull();
});

it('is called off by whoever took it', async () => {
  const asked = answering();
  askEarly('a');
  const stop = new AbortController();
  takeEarly('/api/viewings', body('a'), stop.signal);
  stop.abort('stale');
  expect(asked.mock.calls[0]?.[1].signal?.reason).toBe('stale');
});

it('that fails for nobody is no error of the page', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  askEarly('a');
  await expect(takeEarly('/api/viewings', body('a'), never())).rejects.toThrow('Failed to fetch');
});
