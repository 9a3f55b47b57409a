// "Back" closes the dialog that is open instead of leaving the page. While one is open the browser's history holds an
// entry for it, marked with how many of them lie there by then. The entries are brought in line a moment later, so that
// a dialog that follows another takes over its entry, and whoever navigates takes them back first.
//
// Where the history stands is read from its mark at every turn, never counted: the browser may answer a step late or
// not at all, take several at once, or put the user's own in between.

interface Past {
  readonly state: unknown;
  pushState(state: unknown, unused: string): void;
  go(by: number): void;
}

/** A step back of our own that is under way: how many entries it leaves, and the clock that gives it up. */
interface Step {
  to: number;
  late: ReturnType<typeof setTimeout>;
}

/** A step back is taken within some 20 ms, also on a slow phone. One that takes longer is not waited for. */
export const stepWithinMs = 2000;

export class WayBack {
  private readonly past: () => Past;
  private readonly open: { close: () => void }[] = [];
  /** How many entries of dialogs there were when it was looked last. */
  private known = 0;
  private step: Step | null = null;
  private isSettling = false;
  private next: (() => void)[] = [];

  constructor(past: () => Past = () => history) {
    this.past = past;
  }

  /** Of a page that was reloaded with a dialog open, the entry is left over. */
  begin(): void {
    this.look();
    this.bring();
  }

  /** A dialog opens, which `close` asks to close. The answer is called when it is closed. */
  enter(close: () => void): () => void {
    const one = { close };
    this.open.push(one);
    this.settle();
    return () => {
      const at = this.open.indexOf(one);
      if (at >= 0) this.open.splice(at, 1);
      this.settle();
    };
  }

  /**
   * The browser went a step. False when it was between pages. Whoever hears true compares the address all the same:
   * the step may have been longer than the dialogs' entries.
   */
  stepped(): boolean {
    const [before, own] = [this.known, this.step];
    const at = this.look();
    if (own && at <= own.to) this.arrive(own);
    // What our own step does not explain the user did. A dialog whose entry still lies there was not meant.
    if (at < (own?.to ?? before) && at < this.open.length) this.open.at(-1)?.close();
    // It may have stayed open, to ask something first.
    this.settle();
    return own !== null || before > 0 || at > 0;
  }

  /** Calls `go`, which navigates, when no entry is of a dialog any more, or when the browser does not take them back. */
  leave(go: () => void): void {
    this.next.push(go);
    if (!this.step) this.bring();
  }

  private settle(): void {
    if (this.isSettling) return;
    this.isSettling = true;
    setTimeout(() => {
      this.isSettling = false;
      if (!this.step) this.bring();
    });
  }

  /** As many entries as dialogs, or none where somebody leaves. */
  private bring(): void {
    const wanted = this.next.length > 0 ? 0 : this.open.length;
    if (this.known > wanted) return this.back(wanted);
    for (; this.known < wanted; this.known += 1) this.past().pushState({ isDialog: true, depth: this.known + 1 }, '');
    this.goOn();
  }

  private back(to: number): void {
    const late = setTimeout(() => {
      this.step = null;
      this.look();
      this.goOn();
    }, stepWithinMs);
    this.step = { to, late };
    this.past().go(to - this.known);
  }

  private arrive({ late }: Step): void {
    clearTimeout(late);
    this.step = null;
    if (this.known === 0) this.goOn();
  }

  private goOn(): void {
    if (this.next.length === 0) return;
    for (const act of this.next.splice(0)) act();
    this.look();
    this.settle();
  }

  private look(): number {
    const { state } = this.past();
    this.known = isMark(state) ? state.depth : 0;
    return this.known;
  }
}

function isMark(state: unknown): state is { depth: number } {
  return typeof state === 'object' && state !== null && 'isDialog' in state && 'depth' in state && typeof state.depth === 'number';
}

export const wayBack = new WayBack();
