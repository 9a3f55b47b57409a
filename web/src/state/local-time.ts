// Between instants and what `<input type="datetime-local">` holds: wall-clock time of this device, to the minute.

const minuteMs = 60_000;

export function localInput(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * minuteMs);
  return local.toISOString().slice(0, 16);
}

export function parseLocalInput(typed: string): number | null {
  const ms = typed ? new Date(typed).getTime() : Number.NaN;
  return Number.isNaN(ms) ? null : ms;
}

/** An hour ahead, on the next full five minutes: a kind suggestion for "until a time". */
export function inOneHour(nowMs: number): number {
  return Math.ceil((nowMs + 60 * minuteMs) / (5 * minuteMs)) * 5 * minuteMs;
}

/** Why guests cannot be let stay until then: the server takes 1 minute to 24 hours ahead. */
export function untilError(untilMs: number, nowMs: number): string | undefined {
  if (untilMs < nowMs + minuteMs) return 'until_too_soon';
  return untilMs > nowMs + 24 * 60 * minuteMs ? 'until_too_late' : undefined;
}
