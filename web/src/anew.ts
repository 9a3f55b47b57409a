// A page whose parts did not come. A browser remembers a failed part for as long as the page lives, so only loading the
// page again helps: done by itself as soon as the server answers, and not for ever.

const key = 'anteroom.loaded-anew';
const timesMost = 3;
const looksMost = 60;

export interface Outside {
  store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  answers(): Promise<boolean>;
  rest(): Promise<void>;
  reload(): void;
}

const browser: Outside = {
  get store() {
    return sessionStorage;
  },
  answers: () => fetch('/healthz', { cache: 'no-store' }).then(({ ok }) => ok, () => false),
  rest: () => new Promise((go) => setTimeout(go, 500)),
  reload: () => location.reload(),
};

/** Loads the page again once the server answers. False: that was done often enough, or there is no answer. */
export async function beginAnew({ store, answers, rest, reload }: Outside = browser): Promise<boolean> {
  try {
    const times = Number(store.getItem(key) ?? 0);
    if (times >= timesMost) return false;
    store.setItem(key, String(times + 1));
  } catch {
    // Nothing can be remembered, so nobody knows when to stop.
    return false;
  }
  for (let look = 0; look < looksMost; look += 1) {
    await rest();
    if (await answers()) {
      reload();
      return true;
    }
  }
  return false;
}

/** The page is there: what failed before counts no more. */
export function hasBegun({ store }: Pick<Outside, 'store'> = browser): void {
  try {
    store.removeItem(key);
  } catch {
    // Nothing was remembered.
  }
}
