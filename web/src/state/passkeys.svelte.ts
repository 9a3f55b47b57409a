// The member's own passkeys.
import { Refusal } from '../api/http.ts';
import { gaveUp, knowsPasskeys, signIn, type SignInApi } from '../api/sign-in.ts';
import type { Passkey } from '../api/types.ts';

export { gaveUp, knowsPasskeys };

export class PasskeyList {
  list = $state.raw<Passkey[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  /** Whether the site's address and this browser have passkeys at all. */
  available = $state(false);
  busy = $state(false);
  /** A code of what went wrong; empty: nothing did. */
  trouble = $state('');
  nameError = $state<string>();
  private readonly api: SignInApi;

  constructor(api: SignInApi = signIn) {
    this.api = api;
  }

  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      const { available, passkeys } = await this.api.passkeys();
      this.list = passkeys;
      this.available = available && knowsPasskeys();
      this.phase = 'ready';
    } catch {
      this.phase = 'failed';
    }
  }

  async add(name: string): Promise<boolean> {
    this.busy = true;
    this.trouble = '';
    this.nameError = undefined;
    try {
      this.list = [...this.list, await this.api.addPasskey(name)];
      return true;
    } catch (cause) {
      this.tell(cause);
      return false;
    } finally {
      this.busy = false;
    }
  }

  private tell(cause: unknown): void {
    if (cause instanceof Refusal) {
      this.nameError = cause.fields['name'];
      if (!this.nameError) this.trouble = cause.fields['passkey'] ?? cause.code;
    } else if (cause instanceof DOMException) {
      this.trouble = cause.name === 'InvalidStateError' ? 'known' : gaveUp(cause) ? 'gave_up' : 'passkey_refused';
    } else {
      throw cause;
    }
  }

  async remove(id: string): Promise<void> {
    await this.api.removePasskey(id);
    this.list = this.list.filter((passkey) => passkey.id !== id);
  }
}
