// How fast bytes go and how long the rest will take, over the last few seconds.

const windowMs = 8000;
/** Before this much time has passed a guess would only flicker. */
const settledMs = 1500;

export class Pace {
  private marks: { atMs: number; bytes: number }[] = [];

  mark(atMs: number, bytes: number): void {
    this.marks.push({ atMs, bytes });
    while (this.marks.length > 2 && atMs - (this.marks[0]?.atMs ?? atMs) > windowMs) this.marks.shift();
  }

  reset(): void {
    this.marks = [];
  }

  /** Bytes a second, or null while it is too early to say. */
  get rate(): number | null {
    const first = this.marks[0];
    const last = this.marks.at(-1);
    if (!first || !last || last.atMs - first.atMs < settledMs) return null;
    return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  }

  secondsLeft(totalBytes: number): number | null {
    const rate = this.rate;
    const sent = this.marks.at(-1)?.bytes;
    if (!rate || sent === undefined) return null;
    return (totalBytes - sent) / rate;
  }
}
