// Where the person is. One instance; pages read `address.place`.
import { followable, placeOf, type Place } from './place.ts';

/** What lies over the page and has steps of its own in the browser's history. */
interface Overlays {
  begin(): void;
  /** True: the step was theirs. */
  stepped(): boolean;
  /** Calls `go` when no step is theirs any more. */
  leave(go: () => void): void;
}

class Address {
  place = $state.raw<Place>({ kind: 'lost' });
  /** Rises with every navigation, so that a page for another item is a new page. */
  steps = $state(0);
  /** A page with something unsaved takes a way away and may go it later; true: it did. */
  guard: ((go: () => void) => boolean) | null = null;
  private overlays: Overlays | null = null;

  begin(overlays: Overlays): void {
    this.overlays = overlays;
    overlays.begin();
    this.read();
    addEventListener('popstate', () => overlays.stepped() || this.read());
    document.addEventListener('click', (event) => {
      const path = followable(event, new URL(location.href));
      if (path === null) return;
      event.preventDefault();
      this.go(path);
    });
  }

  go(path: string): void {
    if (path === location.pathname + location.search) return;
    const go = () =>
      this.leave(() => {
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

  private leave(go: () => void): void {
    if (this.overlays) this.overlays.leave(go);
    else go();
  }

  private read(): void {
    this.place = placeOf(new URL(location.href));
    this.steps += 1;
  }
}

export const address = new Address();
