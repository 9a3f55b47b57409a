// What is kept of one address, for administrators whom its person asks.
import { Refusal } from '../api/http.ts';
import { people, type PeopleApi } from '../api/people.ts';
import type { FoundAddress } from '../api/types.ts';

export type KeptAddressApi = Pick<PeopleApi, 'find' | 'exportAddress' | 'erase'>;

export class KeptAddress {
  email = $state('');
  /** What the last look found, and for which address. */
  found = $state.raw<(FoundAddress & { email: string }) | null>(null);
  busy = $state(false);
  /** What is wrong with the field, as a code. */
  wrong = $state<string | undefined>(undefined);
  failed = $state.raw<unknown>(null);
  private readonly api: KeptAddressApi;

  constructor(api: KeptAddressApi = people) {
    this.api = api;
  }

  get isNone(): boolean {
    return this.found !== null && this.found.items === 0;
  }

  /** What was found is of another address than the one that stands in the field now. */
  type(email: string): void {
    this.email = email;
    this.wrong = undefined;
    if (this.found && this.found.email !== email.trim()) this.found = null;
  }

  async find(): Promise<void> {
    const email = this.email.trim();
    await this.run(async () => {
      this.found = { ...(await this.api.find(email)), email };
    });
  }

  async export(): Promise<Blob | undefined> {
    const email = this.found?.email;
    return email === undefined ? undefined : this.run(() => this.api.exportAddress(email));
  }

  async erase(): Promise<void> {
    if (!this.found) return;
    await this.api.erase(this.found.email);
    this.found = null;
    this.email = '';
  }

  private async run<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    Object.assign(this, { busy: true, wrong: undefined, failed: null });
    try {
      return await act();
    } catch (cause) {
      if (cause instanceof Refusal && cause.fields['email']) this.wrong = cause.fields['email'];
      else this.failed = cause;
      return undefined;
    } finally {
      this.busy = false;
    }
  }
}
