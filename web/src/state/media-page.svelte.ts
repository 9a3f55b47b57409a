// One item's page. What may be done is what the server listed in `capabilities`; nothing is guessed.
import type { Heard } from '../api/changes.ts';
import { items as itemsApi, type ItemsApi } from '../api/items.ts';
import { Refusal } from '../api/http.ts';
import type { Capability, ItemCard, ItemRight, ItemView } from '../api/types.ts';

/** Progress comes without an estimate of the time left; that is asked for this often. */
const estimateMs = 4000;
/** Where the site's module is off nothing about links is offered. */
const aboutLinks: readonly Capability[] = ['manage_guest_access', 'share_with_guests', 'make_guest_links', 'manage_invites', 'invite'];

/** What may be done with an item, as its page and its card offer it. */
export function mayAt(item: Pick<ItemCard, 'shares' | 'capabilities'>, capability: Capability): boolean {
  return (item.shares || !aboutLinks.includes(capability)) && item.capabilities.includes(capability);
}

/** It goes on only when somebody does something about it. */
export function isStuck({ state }: Pick<ItemCard, 'state'>): boolean {
  return state === 'failed' || state === 'cancelled';
}

/** Whether making it once more can come to something else. */
export function canRetry(item: Pick<ItemCard, 'state' | 'failure'>): boolean {
  return isStuck(item) && item.failure?.can_retry !== false;
}

export interface RoleTold {
  right: ItemRight | null;
  /** For a lent right: until it falls back. */
  leftMs: number | null;
}

export class MediaPage {
  readonly id: string;
  item = $state.raw<ItemView | null>(null);
  phase = $state<'loading' | 'ready' | 'failed' | 'gone' | 'withdrawn'>('loading');
  /** The member's right here is another one since the page was loaded. */
  roleTold = $state.raw<RoleTold | null>(null);
  /** The seat's door closed meanwhile: what plays may finish, and nothing new begins. */
  finishing = $state(false);
  /** The owner looks at the page as guests see it. */
  private readonly preview: boolean;
  private readonly api: ItemsApi;
  private askedMs = 0;

  constructor(id: string, first?: ItemView, preview = false, api: ItemsApi = itemsApi) {
    this.id = id;
    this.preview = preview;
    this.api = api;
    if (first) this.take(first);
  }

  may(capability: Capability): boolean {
    return this.item !== null && mayAt(this.item, capability);
  }

  /** Here by a seat, not by a right of one's own. */
  get seated(): boolean {
    return this.item?.as.kind === 'guest' || this.item?.as.kind === 'invitee';
  }

  async load(): Promise<void> {
    this.askedMs = Date.now();
    try {
      this.take(await this.api.get(this.id));
    } catch (refusal) {
      if (refusal instanceof Refusal && this.isShutOut(refusal.status)) this.shut();
      else if (!this.item) this.phase = 'failed';
    }
  }

  hear(heard: Heard): void {
    if (heard.type === 'changed' && heard.what === 'progress' && typeof heard.percent === 'number') {
      this.progress(heard.percent);
    } else void this.load();
  }

  async change(change: { title?: string; description?: string }): Promise<void> {
    this.take(await this.api.change(this.id, change));
  }

  remove(): Promise<void> {
    return this.api.remove(this.id);
  }

  async cancelProcessing(): Promise<void> {
    this.merge(await this.api.cancelProcessing(this.id));
  }

  async retryProcessing(): Promise<void> {
    this.merge(await this.api.retryProcessing(this.id));
  }

  private progress(percent: number): void {
    if (!this.item) return;
    const processing = this.item.processing;
    // The first percent of a new run carries no stage and no estimate: fetch those.
    if (this.item.state !== 'processing' || !processing) return void this.load();
    this.item = { ...this.item, progress_percent: percent, processing: { ...processing, percent } };
    if (Date.now() - this.askedMs >= estimateMs) void this.load();
  }

  /** To a browser whose seat another one has taken the page is a stranger's. */
  private isShutOut(status: number): boolean {
    return status === 404 || (status === 401 && this.seated);
  }

  /** A closed door does not stop what is open: a seat's page ends when its viewing does. All but watching is over. */
  private shut(): void {
    this.finishing = this.item !== null && this.seated;
    if (!this.item || !this.finishing) this.phase = this.item?.as.right ? 'withdrawn' : 'gone';
    else this.item = { ...this.item, capabilities: this.item.capabilities.filter((one) => one === 'watch') };
  }

  private take(item: ItemView): void {
    const before = this.item;
    this.item = this.preview ? asGuestsSee(item) : item;
    if (before && !this.preview && (before.as.right ?? null) !== (item.as.right ?? null))
      this.roleTold = { right: item.as.right ?? null, leftMs: item.as.right_left_ms ?? null };
    this.phase = 'ready';
    this.finishing = false;
  }

  private merge(card: ItemCard): void {
    if (this.item) this.item = { ...this.item, ...card, processing: null };
    void this.load();
  }
}

/** The API answers an owner as an owner; the page shows no more of it than a guest is given. */
function asGuestsSee(item: ItemView): ItemView {
  if (item.as.kind !== 'owner' && item.as.kind !== 'preview') return item;
  return { ...item, as: { kind: 'preview' }, capabilities: ['watch'], guest_access: false, guest_links: 0, invites: 0, waiting: 0, inside: 0 };
}
