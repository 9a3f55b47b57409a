import { expect, it, vi } from 'vitest';
import type { FirstData, Me, Site } from '../api/types.ts';

vi.mock('../api/session.ts', () => ({ session: { setUp: () => Promise.resolve({ name: 'Dana' } as Me) } }));

it('knows that somebody lives here as soon as the first one was set up', async () => {
  const { session } = await import('./session.svelte.ts');
  session.begin({ me: null, site: { has_members: false } as Site } as FirstData);
  await session.setUp('token', 'Dana', 'dana@example.org', 'quiet harbour');
  expect([session.me?.name, session.site.has_members]).toEqual(['Dana', true]);
});
