import { describe, expect, it } from 'vitest';
import { Pieces, trouble } from './uploads.ts';

const answer = (status: number, body = '') =>
  Object.assign(new Error('tus'), { originalResponse: { getStatus: () => status, getBody: () => body } }) as never;

describe('trouble', () => {
  it('is worth another try when nobody answered', () =>
    expect(trouble(Object.assign(new Error('x'), { originalResponse: null }) as never)).toMatchObject({ code: 'unreachable', transient: true }));

  it.each([409, 423, 429, 460, 500, 502, 503])('is worth another try on %i', (status) =>
    expect(trouble(answer(status)).transient).toBe(true));

  it.each([
    [413, 'refused_between'],
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

describe('pieces', () => {
  const patch = { getMethod: () => 'PATCH' };
  const refused = (status: number, body = '<html>nginx</html>') => Object.assign(answer(status, body), { originalRequest: patch }) as never;
  const cutOff = () => Object.assign(new Error('x'), { originalResponse: null, originalRequest: patch }) as never;

  it('get smaller until a server in between takes them, and no smaller than makes sense', () => {
    const pieces = new Pieces();
    const sizes = [];
    while (pieces.shrinkAfter(refused(413))) sizes.push(pieces.bytes / 1024);
    expect(sizes).toEqual([16_384, 4_096, 1_024, 256, 64]);
    expect(trouble(refused(413)).code).toBe('refused_between');
  });

  it('stay as they are when the site itself says that the file is too large', () => {
    const pieces = new Pieces();
    expect(pieces.shrinkAfter(refused(413, '{"code":"too_large","limit_bytes":5}'))).toBe(false);
    expect(pieces.bytes).toBe(64 * 1024 * 1024);
  });

  it('get smaller when they are cut off again and again, after the pause of every silence', () => {
    const pieces = new Pieces();
    expect([pieces.shrinkAfter(cutOff()), pieces.bytes]).toEqual([false, 64 * 1024 * 1024]);
    expect([pieces.shrinkAfter(cutOff()), pieces.bytes]).toEqual([false, 16 * 1024 * 1024]);
    pieces.shrinkAfter(cutOff());
    pieces.arrived();
    pieces.shrinkAfter(cutOff());
    expect(pieces.bytes).toBe(16 * 1024 * 1024);
  });
});
