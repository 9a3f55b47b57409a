// How long to wait before trying again. Spread out, so that a thousand players that lost the same server
// do not all come back in the same second.

export interface Backoff {
  firstMs: number;
  slowestMs: number;
}

/** `attempt` counts from 0. Between half of the doubled wait and all of it; `random` gives 0 to 1. */
export function retryDelayMs(attempt: number, { firstMs, slowestMs }: Backoff, random: () => number): number {
  const wait = Math.min(firstMs * 2 ** Math.min(attempt, 30), slowestMs);
  return Math.round(wait * (0.5 + random() / 2));
}
