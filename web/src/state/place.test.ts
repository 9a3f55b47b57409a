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
    ['/sign-in', { kind: 'sign-in', next: '/' }],
    ['/sign-in?next=/media/01abc?t=3', { kind: 'sign-in', next: '/media/01abc?t=3' }],
  ])('%s', (path, place) => expect(at(path)).toEqual(place));

  it('leaves what the server renders to the server', () => {
    for (const path of ['/g/token', '/left', '/api', '/media/a/b', '/m/v/master.m3u8']) expect(at(path).kind).toBe('lost');
  });
});

describe('safeNext', () => {
  it('never leads to another host', () => {
    for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)', 'media', '/\t/evil.example'])
      expect(safeNext(next)).toBe('/');
  });

  it('does not lead back to the sign-in page', () => expect(safeNext('/sign-in?next=/sign-in')).toBe('/'));
  it('keeps query and place in the page', () => expect(safeNext('/media/x?t=1#a')).toBe('/media/x?t=1#a'));
  it('is the front page without a wish', () => expect(safeNext(null)).toBe('/'));
});
