// Where the person is. One instance; pages read `address.place`.
import { followable, placeOf, type Place } from './place.ts';

class Address {
  place = $state.raw<Place>({ kind: 'lost' });
  /** Rises with every navigation, so that a page for another item is a new page. */
  steps = $state(0);
  /** A page with something unsaved takes a way away and may go it later; true: it did. */
  guard: ((go: () => void) => boolean) | null = null;

  begin(): void {
    this.read();
    addEventListener('popstate', () => this.read());
    document.addEventListener('click', (event) => {
      const path = followable(event, new URL(location.href));
      if (path === null) return;
      event.preventDefault();
      this.go(path);
    });
  }

  go(path: string): void {
    if (path === location.pathname + location.search) return;
    const go = () => {
      history.pushState(null, '', path);
      scrollTo(0, 0);
      this.read();
    };
    if (!this.guard?.(go)) go();
  }

  /** As `go`, but "back" does not return here. */
  replace(path: string): void {
    history.replaceState(null, '', path);
    this.read();
  }

  private read(): void {
    this.place = placeOf(new URL(location.href));
    this.steps += 1;
  }
}

export const address = new Address();
