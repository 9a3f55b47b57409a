import { json } from './http.ts';
import type { Me, OwnAccount, ProvingAddress, Sessions } from './types.ts';

export const account = {
  get: () => json<OwnAccount>('GET', '/api/account'),
  change: (change: { name?: string; email?: string; mails_refusals?: boolean }) => json<OwnAccount>('PATCH', '/api/account', change),
  password: (old: string, next: string) => json<void>('PUT', '/api/account/password', { old, new: next }),
  sessions: () => json<Sessions>('GET', '/api/account/sessions'),
  endSession: (id: string) => json<void>('DELETE', `/api/account/sessions/${encodeURIComponent(id)}`),
  endOthers: () => json<void>('DELETE', '/api/account/sessions'),
  askCode: (email: string) => json<ProvingAddress>('POST', '/api/account/addresses', { email }),
  prove: (code: string) => json<OwnAccount>('POST', '/api/account/addresses/code', { code }),
  removeAddress: (email: string) => json<void>('DELETE', `/api/account/addresses/${encodeURIComponent(email)}`),
  useLink: (token: string, password: string) => json<Me>('POST', '/api/account-link', { token, password }),
};

export type AccountApi = typeof account;
