// What this browser keeps for the next playback.

/** Where storage is forbidden the mere look at it throws. */
export function ownStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
