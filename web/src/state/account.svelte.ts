// The member's own account.
import { account, type AccountApi } from '../api/account.ts';
import type { OwnAccount, Session } from '../api/types.ts';
import { session } from './session.svelte.ts';

export class Account {
  own = $state.raw<OwnAccount | null>(null);
  sessions = $state.raw<Session[]>([]);
  failed = $state(false);
  private readonly api: AccountApi;

  constructor(api: AccountApi = account) {
    this.api = api;
  }

  async load(): Promise<void> {
    try {
      const [own, { sessions }] = await Promise.all([this.api.get(), this.api.sessions()]);
      Object.assign(this, { own, sessions, failed: false });
    } catch {
      this.failed = true;
    }
  }

  async change(change: { name?: string; email?: string; mails_refusals?: boolean }): Promise<void> {
    this.own = await this.api.change(change);
    session.renew(this.own);
  }

  async password(old: string, next: string): Promise<void> {
    await this.api.password(old, next);
    await this.load();
  }

  /** Has a code mailed to an address that is said to be the member's. */
  async askCode(email: string): Promise<void> {
    const proving = await this.api.askCode(email);
    if (this.own) this.own = { ...this.own, proving };
  }

  async prove(code: string): Promise<void> {
    this.own = await this.api.prove(code);
  }

  async removeAddress(email: string): Promise<void> {
    await this.api.removeAddress(email);
    await this.load();
  }

  async endSession(id: string): Promise<void> {
    await this.api.endSession(id);
    this.sessions = this.sessions.filter((one) => one.id !== id);
  }

  async endOthers(): Promise<void> {
    await this.api.endOthers();
    this.sessions = this.sessions.filter((one) => one.current);
  }
}
