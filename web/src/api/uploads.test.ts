import { describe, expect, it } from 'vitest';
import { trouble } from './uploads.ts';

const answer = (status: number, body = '') =>
  Object.assign(new Error('tus'), { originalResponse: { getStatus: () => status, getBody: () => body } }) as never;

describe('trouble', () => {
  it('is worth another try when nobody answered', () =>
    expect(trouble(Object.assign(new Error('x'), { originalResponse: null }) as never)).toMatchObject({ code: 'unreachable', transient: true }));

  it.each([409, 423, 429, 460, 500, 502, 503])('is worth another try on %i', (status) =>
    expect(trouble(answer(status)).transient).toBe(true));

  it.each([
    [413, 'too_large'],
    [507, 'disk_floor'],
    [410, 'gone'],
    [404, 'gone'],
    [401, 'unauthorized'],
  ])('%i is final: %s', (status, code) =>
    expect(trouble(answer(status, '<html>a proxy</html>'))).toMatchObject({ code, transient: false }));

  it('keeps the limit that the server names', () =>
    expect(trouble(answer(413, '{"code":"too_large","limit_bytes":5000}')).limitBytes).toBe(5000));

  it("keeps the server's own code", () =>
    expect(trouble(answer(403, '{"code":"forbidden"}'))).toMatchObject({ code: 'forbidden', transient: false }));
});
