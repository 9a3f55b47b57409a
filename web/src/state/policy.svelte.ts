// The site's settings: what is saved, what is being edited, and the log of changes.
import { Refusal } from '../api/http.ts';
import { policy as live, type PolicyApi } from '../api/policy.ts';
import type { Policy, PolicyChange, SiteLogEntry } from '../api/types.ts';
import { changeOf, formOf, sections, type PolicyForm, type Section } from './policy-form.ts';

export class PolicyModel {
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  policy = $state.raw<Policy | null>(null);
  form = $state<PolicyForm | null>(null);
  saving = $state<Section | null>(null);
  /** The section saved last, until something in it changes. */
  saved = $state<Section | null>(null);
  refusal = $state.raw<{ section: Section; cause: Refusal } | null>(null);
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

  get isDirty(): boolean {
    return sections.some((section) => this.changeOf(section) !== null);
  }

  changeOf(section: Section): PolicyChange | null {
    if (!this.policy || !this.form) return null;
    return changeOf(formOf(this.policy), $state.snapshot(this.form), section);
  }

  fieldError(field: string): string | undefined {
    return this.refusal?.cause.fields[field];
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

  /** Answers how many open pages ended; null when it was refused. Other sections keep what was typed. */
  async save(section: Section): Promise<number | null> {
    const change = this.changeOf(section);
    if (!change || !this.policy || !this.form || this.saving) return null;
    this.saving = section;
    this.refusal = null;
    this.saved = null;
    try {
      const { policy, closed } = await this.api.change(change);
      const typed = this.form;
      const others = sections.filter((one) => one !== section && this.changeOf(one) !== null);
      const next = formOf(policy);
      for (const one of others) Object.assign(next, part(typed, one));
      this.policy = policy;
      this.form = next;
      this.saved = section;
      void this.loadLog();
      return closed?.ended_viewings ?? 0;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = { section, cause };
      return null;
    } finally {
      this.saving = null;
    }
  }

  undo(section: Section): void {
    if (!this.policy || !this.form) return;
    Object.assign(this.form, part(formOf(this.policy), section));
    if (this.refusal?.section === section) this.refusal = null;
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

const fields: Record<Section, (keyof PolicyForm)[]> = {
  module: ['enabled', 'media_page'],
  invites: ['invites_by', 'invite_minutes', 'invite_uses', 'invite_mail'],
  links: ['guest_links_by', 'guest_links_per_item'],
  domains: ['blocked_domains', 'allowed_domains', 'domains_for_guests'],
  doors: ['doors', 'guests_in_containers'],
  retention: ['retention_days'],
};

function part(form: PolicyForm, section: Section): Partial<PolicyForm> {
  return Object.fromEntries(fields[section].map((field) => [field, $state.snapshot(form[field])]));
}
