// Who holds which right at one item.
import { Refusal } from '../api/http.ts';
import { rights, type RightsApi } from '../api/rights.ts';
import type { FoundMember, ItemRight, Rights } from '../api/types.ts';

export class Collaborators {
  list = $state.raw<Rights | null>(null);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  found = $state.raw<FoundMember[]>([]);
  private readonly item: string;
  private readonly api: RightsApi;
  private asked = '';

  constructor(item: string, api: RightsApi = rights) {
    this.item = item;
    this.api = api;
  }

  async load(): Promise<void> {
    try {
      this.list = await this.api.list(this.item);
      this.phase = 'ready';
    } catch {
      if (!this.list) this.phase = 'failed';
    }
  }

  /** Members for what was typed so far; the last question wins. */
  async find(text: string): Promise<void> {
    const asked = text.trim();
    this.asked = asked;
    if (asked.length < 3 || this.found.some((one) => one.email === asked)) return;
    try {
      const { members } = await this.api.find(asked);
      if (this.asked === asked) this.found = members;
    } catch {
      // Typing the whole address works without suggestions.
    }
  }

  add(email: string, right: ItemRight, minutes: number | null): Promise<boolean> {
    return this.attempt(async () => {
      this.list = await this.api.add(this.item, { email, right, ...(minutes !== null && { minutes }) });
    });
  }

  give(member: string, right: ItemRight, minutes: number | null): Promise<boolean> {
    return this.attempt(async () => {
      this.list = await this.api.give(this.item, member, { right, ...(minutes !== null && { minutes }) });
    });
  }

  async take(member: string): Promise<void> {
    await this.api.take(this.item, member);
    await this.load();
  }

  async transfer(member: string, keep: 'co_owner' | 'none'): Promise<void> {
    await this.api.transfer(this.item, { member, keep });
  }

  private async attempt(act: () => Promise<void>): Promise<boolean> {
    this.busy = true;
    this.refusal = null;
    try {
      await act();
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }
}
