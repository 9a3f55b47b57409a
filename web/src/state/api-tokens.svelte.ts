// The member's own API tokens. A token's text is known once, right after it was made.
import { tokens, type TokensApi } from '../api/tokens.ts';
import { Refusal } from '../api/http.ts';
import type { ApiToken, NewApiToken, Scope } from '../api/types.ts';

export class ApiTokens {
  list = $state.raw<ApiToken[]>([]);
  /** Every scope that there is, as the server says. */
  scopes = $state.raw<Scope[]>([]);
  phase = $state<'loading' | 'ready' | 'failed'>('loading');
  busy = $state(false);
  refusal = $state.raw<Refusal | null>(null);
  made = $state.raw<NewApiToken | null>(null);
  private readonly api: TokensApi;

  constructor(api: TokensApi = tokens) {
    this.api = api;
  }

  async load(): Promise<void> {
    this.phase = 'loading';
    try {
      const { tokens: list, scopes } = await this.api.list();
      Object.assign(this, { list, scopes });
      this.phase = 'ready';
    } catch {
      this.phase = 'failed';
    }
  }

  async create(name: string, chosen: readonly string[], days: number | null): Promise<boolean> {
    this.busy = true;
    this.refusal = null;
    try {
      this.made = await this.api.create({ name, scopes: [...chosen], days: days ?? undefined });
      const { token: _once, ...kept } = this.made;
      this.list = [kept, ...this.list];
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      return false;
    } finally {
      this.busy = false;
    }
  }

  async remove(id: string): Promise<void> {
    await this.api.remove(id);
    this.list = this.list.filter((token) => token.id !== id);
    if (this.made?.id === id) this.made = null;
  }
}
