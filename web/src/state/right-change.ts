// What the detail of a given, lent or taken right says: "Noa Stern: co_editor until 1796…". Names may hold anything,
// so the other parts are read from the end.

export interface RightChange {
  name: string;
  right: string;
  /** When a lent right falls back. */
  untilMs?: number;
}

const parts = /^(.*): (\w+)(?: until (\d+))?$/su;

export function readRightChange(detail: string): RightChange | null {
  const found = parts.exec(detail);
  if (!found) return null;
  const [, name = '', right = '', until] = found;
  return { name, right, ...(until && { untilMs: Number(until) }) };
}
