import createClient from 'openapi-fetch';
import { expect, it } from 'vitest';
import type { operations, paths } from './schema.d.ts';

// A client as anybody may generate it: that this file has its types is half of the test.
it('makes a client of the description', async () => {
  const asked: Request[] = [];
  const client = createClient<paths>({
    baseUrl: 'https://media.example.org',
    headers: { authorization: 'Bearer TOKEN' },
    fetch: async (request) => {
      asked.push(request);
      return Response.json({ url: 'https://media.example.org/g/x', link: { id: 'l' } }, { status: 201 });
    },
  });
  const { data, error } = await client.POST('/api/items/{item}/guest-links', {
    params: { path: { item: '01' } },
    body: { name: 'Parents', max_uses: 60, days: 14 },
  });
  expect(error).toBeUndefined();
  expect(data?.url).toBe('https://media.example.org/g/x');
  expect([asked[0]?.method, asked[0]?.url]).toEqual(['POST', 'https://media.example.org/api/items/01/guest-links']);
  expect(await asked[0]?.json()).toEqual({ name: 'Parents', max_uses: 60, days: 14 });
});

it('names each operation once', () => {
  type NewUpload = operations['uploads_create']['parameters']['header'];
  const headers: NewUpload = { 'Tus-Resumable': '1.0.0', 'Upload-Length': 3 };
  expect(headers['Upload-Length']).toBe(3);
});
