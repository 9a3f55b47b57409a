// Who came to an item: page by page, going on by itself while people come and go. What is on the screen does not move
// under a finger: while the list is held, newcomers wait behind a button, and who left stays where they were.
import type { Heard } from '../api/changes.ts';
import { concerns } from './follow.ts';
import { people as peopleApi, type PeopleApi, type PeopleFilter, type PersonAct } from '../api/people.ts';
import type { Person } from '../api/types.ts';

/** One look after many changes. */
const gatherMs = 500;
/** The most rows that are looked at again when somebody comes or goes. */
const followedMost = 500;
const pageMost = 100;

export class PeopleModel {
  readonly item: string;
  title = $state('');
  list = $state.raw<Person[]>([]);
  total = $state(0);
  inside = $state(0);
  wanted = $state.raw<PeopleFilter>({ by: '', q: '', inside: false });
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  more = $state<'idle' | 'loading' | 'failed'>('idle');
  /** Came while the list was held. */
  waiting = $state.raw<Person[]>([]);
  /** Whether somebody points at the list or is in it with the keyboard. */
  isHeld = false;
  private cursor = $state<string | null>(null);
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly api: PeopleApi;

  constructor(item: string, wanted: Partial<PeopleFilter> = {}, api: PeopleApi = peopleApi) {
    this.item = item;
    this.wanted = { ...this.wanted, ...wanted };
    this.api = api;
  }

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  get isFiltered(): boolean {
    return this.wanted.by !== '' || this.wanted.q.trim() !== '' || this.wanted.inside;
  }

  async load(): Promise<void> {
    const asked = (this.asked += 1);
    if (this.phase === 'failed') this.phase = 'loading';
    try {
      const page = await this.api.list(this.item, this.wanted);
      if (asked !== this.asked) return;
      this.list = page.people;
      this.waiting = [];
      this.cursor = page.next_cursor ?? null;
      this.count(page);
      this.phase = 'ready';
    } catch {
      if (asked === this.asked) this.phase = 'failed';
    }
  }

  async loadMore(): Promise<void> {
    if (this.cursor === null || this.more === 'loading') return;
    this.more = 'loading';
    const asked = this.asked;
    try {
      const page = await this.api.list(this.item, this.wanted, { cursor: this.cursor });
      this.more = 'idle';
      if (asked !== this.asked) return;
      const known = new Set(this.list.map(({ id }) => id));
      this.list = [...this.list, ...page.people.filter(({ id }) => !known.has(id))];
      this.cursor = page.next_cursor ?? null;
    } catch {
      this.more = 'failed';
    }
  }

  async narrow(to: Partial<PeopleFilter>): Promise<void> {
    this.wanted = { ...this.wanted, ...to };
    await this.load();
  }

  hear(heard: Heard): void {
    if (!concerns(heard, 'people', 'inside', 'guest_access', 'invites')) return;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.follow();
    }, gatherMs);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Looks at what is on the screen once more. */
  async follow(): Promise<void> {
    if (this.phase !== 'ready') return;
    const asked = this.asked;
    try {
      const seen = await this.again();
      if (asked !== this.asked || seen === null) return;
      this.take(seen.people, seen.isWhole);
    } catch {
      // The next change, or the next look, brings it.
    }
  }

  /** Shows those who came meanwhile. */
  showWaiting(): void {
    this.list = [...this.waiting, ...this.list];
    this.waiting = [];
  }

  async act(person: Person, act: PersonAct): Promise<void> {
    const { person: now } = await this.api.act(this.item, person.id, act);
    this.list = this.list.map((one) => (one.id === now.id ? now : one));
    this.hear({ type: 'reconnected' });
  }

  export(format: 'csv' | 'json'): Promise<Blob> {
    return this.api.export(this.item, this.wanted, format);
  }

  private count({ title, total, inside }: { title: string; total: number; inside: number }): void {
    Object.assign(this, { title, total, inside });
  }

  private async again(): Promise<{ people: Person[]; isWhole: boolean } | null> {
    const wanted = this.wanted;
    const rows = Math.min(followedMost, Math.max(this.list.length, 1));
    const people: Person[] = [];
    let cursor: string | undefined;
    do {
      const page = await this.api.list(this.item, wanted, { limit: pageMost, ...(cursor && { cursor }) });
      if (wanted !== this.wanted) return null;
      if (!cursor) this.count(page);
      people.push(...page.people);
      cursor = page.next_cursor ?? undefined;
    } while (cursor && people.length < rows);
    return { people, isWhole: !cursor };
  }

  private take(seen: Person[], isWhole: boolean): void {
    const now = new Map(seen.map((person) => [person.id, person]));
    const last = seen.at(-1);
    const isInSight = (person: Person) => isWhole || (last !== undefined && person.entered_ms > last.entered_ms);
    // Who is in the list no more has left; in sight of a finger they stay where they were.
    const kept = this.list
      .map((person) => now.get(person.id) ?? (isInSight(person) ? { ...person, inside: false } : person))
      .filter((person) => this.isHeld || now.has(person.id) || !isInSight(person));
    const known = new Set(this.list.map(({ id }) => id));
    const top = this.list[0]?.entered_ms ?? 0;
    // What lies below the last row is for whoever asks for older ones.
    const bottom = this.hasMore ? (this.list.at(-1)?.entered_ms ?? 0) : 0;
    const fresh = seen.filter((person) => !known.has(person.id) && person.entered_ms >= bottom);
    const came = fresh.filter((person) => person.entered_ms >= top);
    // Who came back to an old seat stands further down, between others.
    const back = fresh.filter((person) => person.entered_ms < top);
    if (this.isHeld) {
      this.list = kept;
      this.waiting = came;
      return;
    }
    this.waiting = [];
    this.list = [...came, ...kept, ...back].toSorted((a, b) => b.entered_ms - a.entered_ms || (a.id < b.id ? 1 : -1));
  }
}
