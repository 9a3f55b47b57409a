// The page's one viewing as a rune: `state` changes as the player's viewing does.
import { openViewing, type Changed, type ViewingState } from '../player/viewing.ts';

export class PageViewing {
  state = $state.raw<ViewingState>({ kind: 'opening' });
  private readonly viewing;
  private readonly stops: (() => void)[];

  constructor(item: string, hear: (change: Changed) => void) {
    this.viewing = openViewing(item);
    this.stops = [
      this.viewing.subscribe((state) => (this.state = state)),
      this.viewing.onChanged(hear),
    ];
  }

  freshTicket(): Promise<void> {
    return this.viewing.freshTicket();
  }

  reopen(): void {
    this.viewing.reopen();
  }

  leave(): void {
    for (const stop of this.stops) stop();
    this.viewing.leave();
  }
}
