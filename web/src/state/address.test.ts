import { beforeEach, expect, it, vi } from 'vitest';

/** A page's own history, without a browser. */
const at = { url: new URL('https://x.test/media/a') };
const pushed: string[] = [];
let step: () => void = () => {};
const overlays = { waiting: [] as (() => void)[], isTheirs: true, begin() {}, stepped: () => overlays.isTheirs, leave: (go: () => void) => void overlays.waiting.push(go) };
const go = () => overlays.waiting.splice(0).forEach((act) => act());

const { address } = await (async () => {
  const put = (path: string) => (at.url = new URL(path, at.url));
  vi.stubGlobal('location', { get pathname() { return at.url.pathname; }, get search() { return at.url.search; }, get href() { return at.url.href; } });
  vi.stubGlobal('history', { pushState: (_: unknown, __: string, path: string) => (pushed.push(path), put(path)), replaceState: (_: unknown, __: string, path: string) => put(path) });
  vi.stubGlobal('addEventListener', (_: string, act: () => void) => (step = act));
  vi.stubGlobal('document', { addEventListener() {} });
  vi.stubGlobal('scrollTo', () => {});
  return import('./address.svelte.ts');
})();

beforeEach(() => {
  at.url = new URL('https://x.test/media/a');
  pushed.length = overlays.waiting.length = 0;
  overlays.isTheirs = true;
  address.begin(overlays);
});

it('goes once, however often it was pressed before the way was free', () => {
  address.go('/media/b');
  address.go('/media/b');
  go();
  expect(pushed).toEqual(['/media/b']);
});

it('shows the page that a step of a dialog led to, and else keeps the one it shows', () => {
  const before = address.steps;
  step();
  expect(address.steps).toBe(before);
  at.url = new URL('https://x.test/account');
  step();
  expect([address.steps, address.place.kind]).toEqual([before + 1, 'account']);
});

it('keeps a page that has another address now', () => {
  const before = address.steps;
  address.rename('/media/a/people?inside=');
  go();
  step();
  expect([at.url.search, address.steps]).toEqual(['?inside=', before]);
});
