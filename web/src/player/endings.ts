// What whoever watched can do when a viewing is over: it depends on why it is.
import type { EndReason } from './viewing';

/** Ask the door again, take it back from another page; or nothing on this page helps. */
export type WayOn = 'retry' | 'reopen' | null;

const WAYS: Record<string, WayOn> = {
  opened_elsewhere: 'reopen',
  // The seat is another device's, and the door is where it is asked for.
  moved: null,
  item_gone: null,
  module_off: null,
};

/** A reason that this page does not know may pass. */
export function wayOn(reason: EndReason): WayOn {
  return Object.hasOwn(WAYS, reason) ? (WAYS[reason] ?? null) : 'retry';
}
