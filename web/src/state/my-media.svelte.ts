// My Media: the pages that were loaded, kept fresh by the socket.
import type { Heard } from '../api/changes.ts';
import { items as itemsApi, type ItemsApi, type ItemsAsked } from '../api/items.ts';
import { Refusal } from '../api/http.ts';
import type { ItemCard, ItemPage } from '../api/types.ts';

const pageSize = 24;
const typingPauseMs = 250;

export type Whose = NonNullable<ItemsAsked['whose']>;
export type Sort = NonNullable<ItemsAsked['sort']>;
export const sorts: readonly Sort[] = ['newest', 'oldest', 'title'];

/** A member's own media, or what others share with them. */
export class MyMedia {
  readonly whose: Whose;
  items = $state.raw<ItemCard[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  more = $state<'idle' | 'loading' | 'failed'>('idle');
  query = $state('');
  /** The words that the shown items answer to; differs from `query` while someone types. */
  shownQuery = $state('');
  sort = $state<Sort>('newest');
  /** How many there are, whatever is shown of them. */
  total = $state(0);
  private cursor = $state<string | null>(null);
  private readonly api: ItemsApi;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(whose: Whose = 'own', api: ItemsApi = itemsApi) {
    this.whose = whose;
    this.api = api;
  }

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  begin(first?: ItemPage): Promise<void> {
    if (!first) return this.load();
    this.take(first);
    return Promise.resolve();
  }

  type(query: string): void {
    this.query = query;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), typingPauseMs);
  }

  order(sort: Sort): void {
    this.sort = sort;
    void this.load();
  }

  async load(): Promise<void> {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    if (this.items.length === 0 || this.phase === 'failed') this.phase = 'loading';
    const q = this.query.trim();
    try {
      const page = await this.api.list({ whose: this.whose, sort: this.sort, q, limit: pageSize }, asking.signal);
      if (asking.signal.aborted) return;
      this.shownQuery = q;
      this.take(page);
    } catch {
      if (!asking.signal.aborted) this.phase = 'failed';
    }
  }

  async loadMore(): Promise<void> {
    if (this.cursor === null || this.more === 'loading') return;
    this.more = 'loading';
    const [q, sort] = [this.shownQuery, this.sort];
    try {
      const page = await this.api.list({ whose: this.whose, sort, q, cursor: this.cursor, limit: pageSize });
      if (q !== this.shownQuery || sort !== this.sort) return;
      const known = new Set(this.items.map(({ id }) => id));
      this.items = [...this.items, ...page.items.filter(({ id }) => !known.has(id))];
      this.cursor = page.next_cursor ?? null;
      this.more = 'idle';
    } catch {
      this.more = 'failed';
    }
  }

  hear(heard: Heard): void {
    if (heard.type === 'reconnected') void this.load();
    else if (heard.what === 'progress' && typeof heard.percent === 'number') {
      const { percent } = heard;
      this.put(heard.item, (card) => ({ ...card, state: 'processing', progress_percent: percent }));
    } else void this.refresh(heard.item);
  }

  /** Fetches one item; a new one comes to the front, one that is gone leaves. */
  async refresh(id: string): Promise<void> {
    try {
      const card = await this.api.get(id);
      if (this.items.some((old) => old.id === id)) this.put(id, () => card);
      else if (this.phase === 'ready' && this.shownQuery === '' && this.whose === 'own') this.join(card);
    } catch (refusal) {
      if (refusal instanceof Refusal && refusal.status === 404) this.drop(id);
    }
  }

  async remove(id: string): Promise<void> {
    await this.api.remove(id);
    this.drop(id);
  }

  async cancelProcessing(id: string): Promise<void> {
    const card = await this.api.cancelProcessing(id);
    this.put(id, () => card);
  }

  async retryProcessing(id: string): Promise<void> {
    const card = await this.api.retryProcessing(id);
    this.put(id, () => card);
  }

  private take(page: ItemPage): void {
    this.items = page.items;
    this.total = page.total;
    this.cursor = page.next_cursor ?? null;
    this.phase = 'ready';
    this.more = 'idle';
  }

  private put(id: string, change: (card: ItemCard) => ItemCard): void {
    this.items = this.items.map((card) => (card.id === id ? change(card) : card));
  }

  /** A new one comes to where it belongs. */
  private join(card: ItemCard): void {
    if (this.sort !== 'newest') return void this.load();
    this.items = [card, ...this.items];
    this.total += 1;
  }

  private drop(id: string): void {
    if (this.items.some((card) => card.id === id)) this.total -= 1;
    this.items = this.items.filter((card) => card.id !== id);
  }
}
