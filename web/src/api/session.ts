import { json } from './http.ts';
import type { Me, Site } from './types.ts';

export const session = {
  site: () => json<Site>('GET', '/api/site'),
  me: () => json<Me>('GET', '/api/me'),
  signIn: (email: string, password: string) => json<Me>('POST', '/api/sign-in', { email, password }),
  signOut: () => json<void>('POST', '/api/sign-out'),
  setUp: (token: string, name: string, email: string, password: string) =>
    json<Me>('POST', '/api/setup', { token, name, email, password }),
};
