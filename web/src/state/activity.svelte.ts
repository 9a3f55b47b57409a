// What happened at one item, page by page, and what a reference says that a guest read out.
import { activity, type ActivityApi, type ActivityFilter } from '../api/activity.ts';
import type { Heard } from '../api/changes.ts';
import { concerns } from './follow.ts';
import { Refusal } from '../api/http.ts';
import type { ActivityEntry, Explained } from '../api/types.ts';

/** The same thing, done by the same person again and again, is one row. */
export type ActivityRow = ActivityEntry & { times: number };

export type ActivityListApi = Pick<ActivityApi, 'list' | 'explain'>;

export class ActivityModel {
  readonly item: string;
  entries = $state.raw<ActivityEntry[]>([]);
  wanted = $state.raw<ActivityFilter>({ kind: 'all', door: '' });
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  more = $state<'idle' | 'loading' | 'failed'>('idle');
  /** What the last reference said; "none" is not one of this item. */
  found = $state.raw<Explained | 'none' | null>(null);
  looking = $state(false);
  private cursor = $state<string | null>(null);
  private isPaged = false;
  private readonly api: ActivityListApi;

  constructor(item: string, api: ActivityListApi = activity) {
    this.item = item;
    this.api = api;
  }

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  get rows(): ActivityRow[] {
    return together(this.entries);
  }

  async load(): Promise<void> {
    if (this.phase === 'failed') this.phase = 'loading';
    try {
      const wanted = this.wanted;
      const page = await this.api.list(this.item, wanted);
      // Another filter was chosen meanwhile: its own answer comes.
      if (wanted !== this.wanted) return;
      this.entries = page.entries;
      this.cursor = page.next_cursor ?? null;
      this.isPaged = false;
      this.phase = 'ready';
    } catch {
      if (this.phase === 'loading') this.phase = 'failed';
    }
  }

  async loadMore(): Promise<void> {
    if (this.cursor === null || this.more === 'loading') return;
    this.more = 'loading';
    try {
      const wanted = this.wanted;
      const page = await this.api.list(this.item, wanted, this.cursor);
      if (wanted !== this.wanted) return void (this.more = 'idle');
      this.entries = [...this.entries, ...page.entries];
      this.cursor = page.next_cursor ?? null;
      this.isPaged = true;
      this.more = 'idle';
    } catch {
      this.more = 'failed';
    }
  }

  get isFiltered(): boolean {
    return this.wanted.kind !== 'all' || this.wanted.door !== '';
  }

  async filter(wanted: Partial<ActivityFilter>): Promise<void> {
    this.wanted = { ...this.wanted, ...wanted };
    await this.load();
  }

  /** Somebody who reads older pages is not thrown back to the first. */
  hear(heard: Heard): void {
    if (this.isPaged || !concerns(heard, 'guest_access', 'inside', 'people', 'invites', 'role')) return;
    void this.load();
  }

  /** Rejects when the server could not be asked. */
  async lookUp(reference: string): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    this.found = null;
    try {
      this.found = await this.api.explain(this.item, reference);
    } catch (refusal) {
      if (!(refusal instanceof Refusal) || refusal.status !== 404) throw refusal;
      this.found = 'none';
    } finally {
      this.looking = false;
    }
  }
}

/** Neighbours that say the same become one row with the newest time. */
export function together(entries: readonly ActivityEntry[]): ActivityRow[] {
  const rows: ActivityRow[] = [];
  for (const entry of entries) {
    const last = rows.at(-1);
    const isSame =
      last && last.what === entry.what && last.door?.id === entry.door?.id && last.person?.id === entry.person?.id && last.cause === entry.cause && last.actor === entry.actor && last.detail === entry.detail;
    if (isSame) last.times += entry.count;
    else rows.push({ ...entry, times: entry.count });
  }
  return rows;
}
