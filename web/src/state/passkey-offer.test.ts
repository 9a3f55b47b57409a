import { expect, it } from 'vitest';
import { PasskeyOffer, type Outside } from './passkey-offer.ts';

/** A world where the page decides when time passes and what the browser answers. */
function world(isOffered = true) {
  const asked: { signal: AbortSignal; answer: (cause?: unknown) => void }[] = [];
  const failed: unknown[] = [];
  let [again, shown, somebody, stopped] = [() => {}, () => {}, () => {}, 0];
  const stop = () => void (stopped += 1);
  const outside: Outside = {
    isOffered: () => Promise.resolve(isOffered),
    every: (_, run) => ((again = run), stop),
    rest: () => Promise.resolve(),
    onShown: (run) => ((shown = run), stop),
    onSomebody: (run) => ((somebody = run), stop),
  };
  const sign = (signal: AbortSignal) =>
    new Promise<void>((go, refuse) => {
      signal.addEventListener('abort', () => refuse(new DOMException('called off', 'AbortError')));
      asked.push({ signal, answer: (cause) => (cause === undefined ? go() : refuse(cause)) });
    });
  const offer = new PasskeyOffer(sign, (cause) => failed.push(cause), outside);
  return { offer, asked, failed, again: () => again(), shown: () => shown(), somebody: () => somebody(), stopped: () => stopped };
}

const settle = () => new Promise((go) => setTimeout(go));

it('asks the server nothing while nobody is there', async () => {
  const { offer, asked, again, shown } = world();
  void offer.begin();
  await settle();
  again();
  shown();
  expect(asked).toEqual([]);
});

it('offers once at a time and renews before the server forgets', async () => {
  const { offer, asked, failed, again, shown, stopped, somebody } = world();
  void offer.begin();
  await settle();
  somebody();
  await settle();
  again();
  shown();
  await settle();
  expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, true, false]);
  expect(failed).toEqual([]);
  asked[2]?.answer();
  await settle();
  expect(stopped()).toBe(3);
  await offer.offer();
  expect(asked).toHaveLength(3);
});

it('makes room for another way, and comes back when asked', async () => {
  const { offer, asked, failed, somebody } = world();
  void offer.begin();
  await settle();
  somebody();
  await settle();
  offer.pause();
  await settle();
  expect([asked.length, asked[0]?.signal.aborted, failed.length]).toEqual([1, true, 0]);
  void offer.offer();
  await settle();
  expect(asked[1]?.signal.aborted).toBe(false);
});

it('offers anew after a passkey that did not fit, and not after what fails every time', async () => {
  const { offer, asked, failed, somebody } = world();
  void offer.begin();
  await settle();
  somebody();
  await settle();
  asked[0]?.answer({ code: 'wrong_credentials' });
  await settle();
  expect([asked.length, failed.length]).toEqual([2, 1]);
  asked[1]?.answer({ code: 'too_many_failures' });
  await settle();
  expect([asked.length, failed.length]).toEqual([2, 2]);
});

it('asks nothing where the browser offers nothing, or the page has gone', async () => {
  const { offer, asked } = world(false);
  await offer.begin();
  const gone = world();
  gone.offer.end();
  await gone.offer.begin();
  expect([asked.length, gone.asked.length]).toEqual([0, 0]);
});
