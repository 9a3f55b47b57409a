// Whether this page was opened by entering a moment ago. The entry page says so to the next page of the
// same tab, which takes it: a reload, or coming back later, finds nothing and waits for a press.

const key = 'anteroom.entered';
/** Long enough for a bad network, too short for a tab that was left and found again. */
const goodForMs = 2 * 60_000;

export function markEntered(nowMs = Date.now(), storage = ownStorage()): void {
  try {
    storage?.setItem(key, String(nowMs));
  } catch {
    // Storage may be full or shut; the page then waits for a press.
  }
}

export function hasEntered(nowMs = Date.now(), storage = ownStorage()): boolean {
  const enteredMs = storage?.getItem(key);
  return enteredMs != null && nowMs - Number(enteredMs) < goodForMs;
}

export function takeEntered(nowMs = Date.now(), storage = ownStorage()): boolean {
  const entered = hasEntered(nowMs, storage);
  storage?.removeItem(key);
  return entered;
}

/** Where storage is forbidden the mere look at it throws. */
function ownStorage(): Storage | undefined {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}
