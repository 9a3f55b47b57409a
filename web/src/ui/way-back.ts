// "Back" closes the dialog that is open instead of leaving the page. While one is open the browser's history holds an
// entry for it. The entries are brought in line a moment later, so that a dialog that follows another takes over its
// entry, and whoever navigates takes them back first.

interface Past {
  readonly state: unknown;
  pushState(state: unknown, unused: string): void;
  go(by: number): void;
}

const mark = { isDialog: true };

export class WayBack {
  private readonly past: () => Past;
  private readonly open: { close: () => void }[] = [];
  private entries = 0;
  /** A step back of our own is under way. */
  private isStepping = false;
  private isSettling = false;
  private next: (() => void)[] = [];

  constructor(past: () => Past = () => history) {
    this.past = past;
  }

  /** Of a page that was reloaded with a dialog open, the entry is left over. */
  begin(): void {
    if (this.isAtLeftOver()) this.step(1);
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

  /** The browser went a step. True when that was about dialogs, and the page is the same. */
  stepped(): boolean {
    if (this.isStepping) {
      this.isStepping = false;
      if (this.isAtLeftOver() && this.entries === 0) return this.step(1), true;
      for (const act of this.next.splice(0)) act();
      this.settle();
      return true;
    }
    if (this.entries === 0) return false;
    this.entries -= 1;
    this.open.at(-1)?.close();
    // It may have stayed open, to ask something first.
    this.settle();
    return true;
  }

  /** Calls `go`, which navigates, when no entry is of a dialog any more. */
  leave(go: () => void): void {
    if (this.entries === 0 && !this.isStepping) return go();
    this.next.push(go);
    if (!this.isStepping) this.step(this.entries);
    this.entries = 0;
  }

  private settle(): void {
    if (this.isSettling) return;
    this.isSettling = true;
    setTimeout(() => {
      this.isSettling = false;
      if (this.isStepping) return;
      const surplus = this.entries - this.open.length;
      if (surplus > 0) {
        this.entries -= surplus;
        this.step(surplus);
      }
      for (; this.entries < this.open.length; this.entries += 1) this.past().pushState(mark, '');
    });
  }

  private step(back: number): void {
    this.isStepping = true;
    this.past().go(-back);
  }

  private isAtLeftOver(): boolean {
    const { state } = this.past();
    return typeof state === 'object' && state !== null && 'isDialog' in state;
  }
}

export const wayBack = new WayBack();
