import { json } from './http.ts';
import type { ApiTokens, NewApiToken } from './types.ts';

export const tokens = {
  list: () => json<ApiTokens>('GET', '/api/tokens'),
  create: (ask: { name: string; scopes: string[]; days?: number }) =>
    json<NewApiToken>('POST', '/api/tokens', ask),
  remove: (id: string) => json<void>('DELETE', `/api/tokens/${encodeURIComponent(id)}`),
};

export type TokensApi = typeof tokens;
