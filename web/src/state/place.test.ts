import { describe, expect, it } from 'vitest';
import { placeOf, safeNext } from './place.ts';

const at = (path: string) => placeOf(new URL(path, 'https://media.example.org'));

describe('placeOf', () => {
  it.each([
    ['/', { kind: 'my-media' }],
    ['/media', { kind: 'my-media' }],
    ['/media/', { kind: 'my-media' }],
    ['/media/01abc', { kind: 'item', id: '01abc', preview: false }],
    ['/media/01abc?activity', { kind: 'item', id: '01abc', preview: false, activity: true }],
    ['/media/01abc?preview', { kind: 'item', id: '01abc', preview: true }],
    ['/setup/secret', { kind: 'setup', token: 'secret' }],
    ['/tokens', { kind: 'tokens' }],
    ['/account', { kind: 'account' }],
    ['/account/secret', { kind: 'account-link', token: 'secret' }],
    ['/members', { kind: 'members' }],
    ['/groups', { kind: 'groups' }],
    ['/settings', { kind: 'settings' }],
    ['/sign-in', { kind: 'sign-in', next: 'https://media.example.org/' }],
    ['/sign-in?next=/media/01abc?t=3', { kind: 'sign-in', next: 'https://media.example.org/media/01abc?t=3' }],
  ])('%s', (path, place) => expect(at(path)).toEqual(place));

  it('leaves what the server renders to the server', () => {
    for (const path of ['/g/token', '/left', '/api', '/media/a/b', '/m/v/master.m3u8', '/.//media']) expect(at(path).kind).toBe('lost');
  });
});

const HERE = 'https://media.example.org';

describe('safeNext', () => {
  // What a browser does with the answer is what counts: it is given to location.assign.
  const landsOn = (next: string | null) => new URL(safeNext(next, HERE), `${HERE}/sign-in`);

  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\\/evil.example',
    'https://evil.example/',
    'https:evil.example',
    '///evil.example/x',
    '/.//evil.example/x',
    '/./\\evil.example/x',
    '/.\\/evil.example/x',
    '/x/..//evil.example/x',
    '/x/..\\/evil.example/x',
    '/%2e//evil.example/x',
    '/%2E/%2e//evil.example/x',
    '/x/%2e%2e//evil.example/x',
    '/..//evil.example/x',
    '/a/b/../..//evil.example/x',
    '/\t/evil.example/x',
    '/\n/evil.example/x',
    '/.\t//evil.example/x',
    ' //evil.example/x',
    '\t//evil.example/x',
    'javascript:alert(1)',
    'data:text/html,x',
    'media',
    '',
  ])('%j stays here', (next) => expect(landsOn(next).href).toBe(`${HERE}/`));

  it('is never a path alone, which could name a host', () => {
    for (const next of [null, '/', '/media/x', '/.//evil.example']) expect(safeNext(next, HERE).startsWith(`${HERE}/`)).toBe(true);
  });

  it('does not lead back to the sign-in page', () => {
    for (const next of ['/sign-in?next=/sign-in', '/./sign-in', '/x/../sign-in']) expect(safeNext(next, HERE)).toBe(`${HERE}/`);
  });
  it('keeps query and place in the page', () => expect(safeNext('/media/x?t=1#a', HERE)).toBe(`${HERE}/media/x?t=1#a`));
  it('resolves what stays within this site', () => expect(safeNext('/media/../account', HERE)).toBe(`${HERE}/account`));
  it('is the front page without a wish', () => expect(safeNext(null, HERE)).toBe(`${HERE}/`));
});
