// The site's settings: what is saved, what is being edited, and the log of changes.
import { Refusal } from '../api/http.ts';
import { policy as live, type PolicyApi } from '../api/policy.ts';
import type { Policy, PolicyChange, SiteLogEntry } from '../api/types.ts';
import { changeOf, formOf, type PolicyForm } from './policy-form.ts';

export class PolicyModel {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  policy = $state.raw<Policy | null>(null);
  form = $state<PolicyForm | null>(null);
  saving = $state(false);
  /** It was saved, and nothing has changed since. */
  saved = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  log = $state.raw<SiteLogEntry[]>([]);
  more = $state<'idle' | 'loading' | 'failed'>('idle');
  private cursor = $state<string | null>(null);
  private readonly api: PolicyApi;

  constructor(api: PolicyApi = live) {
    this.api = api;
  }

  get hasMore(): boolean {
    return this.cursor !== null;
  }

  /** What differs from what is saved; null when nothing does. */
  get change(): PolicyChange | null {
    if (!this.policy || !this.form) return null;
    return changeOf(formOf(this.policy), $state.snapshot(this.form));
  }

  get isDirty(): boolean {
    return this.change !== null;
  }

  fieldError(field: string): string | undefined {
    return this.refusal?.fields[field];
  }

  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      this.policy = await this.api.get();
      this.form = formOf(this.policy);
      await this.loadLog();
      this.phase = 'ready';
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.phase = 'failed';
    }
  }

  /** Who is inside now, asked just before a door is shut. */
  async look(): Promise<Policy | null> {
    try {
      return await this.api.get();
    } catch {
      return this.policy;
    }
  }

  /** Answers how many open pages ended; null when it was refused. */
  async save(): Promise<number | null> {
    const { change } = this;
    if (!change || this.saving) return null;
    this.saving = true;
    this.refusal = null;
    this.saved = false;
    try {
      const { policy, closed } = await this.api.change(change);
      this.policy = policy;
      this.form = formOf(policy);
      this.saved = true;
      void this.loadLog();
      return closed?.ended_viewings ?? 0;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      return null;
    } finally {
      this.saving = false;
    }
  }

  undo(): void {
    if (!this.policy) return;
    this.form = formOf(this.policy);
    this.refusal = null;
  }

  async loadLog(): Promise<void> {
    const page = await this.api.log();
    this.log = page.entries;
    this.cursor = page.next_cursor ?? null;
  }

  async loadMore(): Promise<void> {
    if (this.cursor === null || this.more === 'loading') return;
    this.more = 'loading';
    try {
      const page = await this.api.log(this.cursor);
      this.log = [...this.log, ...page.entries];
      this.cursor = page.next_cursor ?? null;
      this.more = 'idle';
    } catch {
      this.more = 'failed';
    }
  }
}
