// What the detail of a changed link says: "name: A -> B; clicks: 2 -> 50; end_ms: none -> 1796…",
// each part only when it changed. Names may hold anything, so the other parts are read from the end.

export interface LinkChange {
  name?: { old: string; now: string };
  /** null: unlimited. */
  clicks?: { old: number | null; now: number | null };
  /** When it ends now, null: no expiry. */
  endMs?: number | null;
}

const endPart = /(?:^|; )end_ms: \S+ -> (\S+)$/u;
const clicksPart = /(?:^|; )clicks: (\S+) -> (\S+)$/u;
const namePart = /^name: (.*) -> (.*)$/su;

export function readLinkChange(detail: string): LinkChange {
  const end = endPart.exec(detail);
  const beforeEnd = detail.slice(0, end?.index);
  const clicks = clicksPart.exec(beforeEnd);
  const name = namePart.exec(beforeEnd.slice(0, clicks?.index));
  return {
    ...(name && { name: { old: name[1] ?? '', now: name[2] ?? '' } }),
    ...(clicks && { clicks: { old: count(clicks[1]), now: count(clicks[2]) } }),
    ...(end && { endMs: count(end[1]) }),
  };
}

function count(text: string | undefined): number | null {
  return text && /^\d+$/.test(text) ? Number(text) : null;
}
