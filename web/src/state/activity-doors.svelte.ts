// Links and invites to filter an item's activity by. There may be thousands: the newest are named, the others
// are found by what is typed, and the chosen one stays among them whatever is searched for.
import { activity, type ActivityApi } from '../api/activity.ts';
import type { ActivityDoor } from '../api/types.ts';

const typingPauseMs = 250;

export class DoorFinder {
  query = $state('');
  /** Whether others match too. */
  hasMore = $state(false);
  /** Whether there are more than the newest, so that searching is worth a field. */
  hasMany = $state(false);
  failed = $state(false);
  /** The words that the found ones answer to. */
  private shownQuery = $state('');
  private found = $state.raw<ActivityDoor[]>([]);
  private chosen = $state.raw<ActivityDoor | null>(null);
  private readonly item: string;
  private readonly api: Pick<ActivityApi, 'findDoors'>;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(item: string, api: Pick<ActivityApi, 'findDoors'> = activity) {
    this.item = item;
    this.api = api;
  }

  get doors(): ActivityDoor[] {
    const { chosen, found } = this;
    return chosen && !found.some(({ id }) => id === chosen.id) ? [chosen, ...found] : found;
  }

  /** Nothing that was typed is a door's name. */
  get isNone(): boolean {
    return this.shownQuery !== '' && this.found.length === 0;
  }

  /** "" for none. */
  choose(id: string): void {
    this.chosen = this.doors.find((door) => door.id === id) ?? null;
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), typingPauseMs);
  }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const text = this.query.trim();
    try {
      const { doors, has_more } = await this.api.findDoors(this.item, text, asking.signal);
      if (asking.signal.aborted) return;
      this.found = doors;
      this.shownQuery = text;
      this.hasMore = has_more;
      if (text === '') this.hasMany = has_more;
      this.failed = false;
    } catch {
      if (!asking.signal.aborted) this.failed = true;
    }
  }
}
