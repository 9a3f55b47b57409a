// A sheet of people on this side: which records stand on which lines, a sheet without its bad rows,
// and the table of names and URLs that is made in the browser. Pure.

interface Line {
  /** Where it begins, counted from 1. */
  row: number;
  from: number;
  to: number;
}

/** Records and the lines they begin on; a quoted cell may hold line breaks. */
function records(text: string): Line[] {
  const found: Line[] = [];
  let [row, from, startedOn, quoted] = [1, 0, 1, false];
  for (let at = 0; at <= text.length; at += 1) {
    const letter = text[at];
    if (letter === '"') quoted = !quoted;
    const isBreak = letter === '\n' || (letter === '\r' && text[at + 1] !== '\n');
    if (isBreak) row += 1;
    if (letter !== undefined && (!isBreak || quoted)) continue;
    if (at > from) found.push({ row: startedOn, from, to: at });
    [from, startedOn] = [at + 1, row];
  }
  return found;
}

/** A row, or one person of a row that holds several. */
export interface Place {
  row: number;
  part?: string | null;
}

/** The same sheet without these people, so that all other rows keep their numbers. */
export function withoutPlaces(text: string, places: readonly Place[]): string {
  const gone = new Map<number, (string | null)[]>();
  for (const { row, part } of places) gone.set(row, [...(gone.get(row) ?? []), part ?? null]);
  let [out, at] = ['', 0];
  for (const { row, from, to } of records(text)) {
    const parts = gone.get(row);
    if (!parts) continue;
    const whole = text.slice(from, to);
    // Its line breaks stay: numbers of rows are numbers of lines.
    const left = parts.includes(null) ? whole.replace(/[^\r\n]/g, '') : parts.reduce<string>((line, part) => line.replace(part ?? '', ''), whole);
    out += text.slice(at, from) + left;
    at = to;
  }
  return out + text.slice(at);
}

/** What stands on these rows, cut short. */
export function rowTexts(text: string, rows: readonly number[], most = 80): Map<number, string> {
  const wanted = new Set(rows);
  const out = new Map<number, string>();
  for (const { row, from, to } of records(text)) {
    if (!wanted.has(row)) continue;
    const shown = text.slice(from, to).trim();
    out.set(row, shown.length > most ? `${shown.slice(0, most)}…` : shown);
  }
  return out;
}

/** A cell that no program takes for a formula, quoted where it must be. */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a mark at its head, or spreadsheets take it for another encoding. */
export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
