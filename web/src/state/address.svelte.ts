// Where the person is. One instance; pages read `address.place`.
import { followable, placeOf, type Place } from './place.ts';

/** What lies over the page and has steps of its own in the browser's history. */
interface Overlays {
  begin(): void;
  /** True: the step was of an entry of theirs. */
  stepped(): boolean;
  /** Calls `go` when no step is theirs any more. */
  leave(go: () => void): void;
}

function pathNow(): string {
  return location.pathname + location.search;
}

class Address {
  place = $state.raw<Place>({ kind: 'lost' });
  /** Rises with every navigation, so that a page for another item is a new page. */
  steps = $state(0);
  /** A page with something unsaved takes a way away and may go it later; true: it did. */
  guard: ((go: () => void) => boolean) | null = null;
  private overlays: Overlays | null = null;
  /** The path that `place` was read from, or has been renamed to. */
  private path = '';

  begin(overlays: Overlays): void {
    this.overlays = overlays;
    overlays.begin();
    this.read();
    addEventListener('popstate', () => {
      // A step that was theirs may have led to another page as well: the list behind "back" jumps over many at once.
      if (!overlays.stepped() || this.path !== pathNow()) this.read();
    });
    document.addEventListener('click', (event) => {
      const path = followable(event, new URL(location.href));
      if (path === null) return;
      event.preventDefault();
      this.go(path);
    });
  }

  go(path: string): void {
    if (path === pathNow()) return;
    const go = () =>
      this.leave(() => {
        // A second press may have waited beside the first.
        if (path === pathNow()) return;
        history.pushState(null, '', path);
        scrollTo(0, 0);
        this.read();
      });
    if (!this.guard?.(go)) go();
  }

  /** As `go`, but "back" does not return here. */
  replace(path: string): void {
    this.leave(() => {
      history.replaceState(null, '', path);
      this.read();
    });
  }

  /** The page that is shown has another address now, and stays. */
  rename(path: string): void {
    this.leave(() => {
      history.replaceState(null, '', path);
      this.path = pathNow();
    });
  }

  private leave(go: () => void): void {
    if (this.overlays) this.overlays.leave(go);
    else go();
  }

  private read(): void {
    this.path = pathNow();
    this.place = placeOf(new URL(location.href));
    this.steps += 1;
  }
}

export const address = new Address();
