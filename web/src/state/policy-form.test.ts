import { describe, expect, it } from 'vitest';
import type { Policy, PolicyChange } from '../api/types.ts';
import { changeOf, endedBy, formOf, NAMED, shutsDoor } from './policy-form.ts';

const row = (name: Policy['doors'][number]['class']) => ({
  class: name, lobby: { mode: 'never', roles: [] }, invites_allowed: true, guest_links_allowed: true,
  invites_to_recording: true, owners_show_recording: true,
});

const policy: Policy = {
  enabled: true, media_page: true,
  guest_links_by: { from: 'private_only', members: [], groups: [] }, guest_links_per_item: 3,
  invites_by: { from: null, members: ['m1'], groups: ['g1'] }, invite_minutes: 1440, invite_uses: -1, invite_template: null, type_ahead: 'own_groups',
  doors: [row('media'), row('live'), row('room')], guests_in_containers: false, retention_days: 365,
  domains_for_guests: false, blocked_domains: ['bad.example'], allowed_domains: [],
  members: [{ id: 'm1', name: 'Dana', email: 'dana@school.example' }], groups: [{ id: 'g1', name: 'Teachers' }],
  inside: [
    { class: 'media', door: 'guest_links', viewings: 9, people: 8 },
    { class: 'media', door: 'invites', viewings: 3, people: 3 },
    { class: 'room', door: 'invites', viewings: 2, people: 2 },
  ],
  mail_is_on: true,
};

describe('a form', () => {
  it('of what is saved changes nothing', () => {
    const saved = formOf(policy);
    expect(changeOf(saved, formOf(policy))).toBeNull();
    expect(saved.invite_length).toEqual({ amount: '1', unit: 'day' });
    expect(saved.invites_by).toEqual({ from: NAMED, members: 'dana@school.example', groups: ['g1'] });
    expect(saved.invite_uses).toBe('');
  });

  it('sends only what differs, in one go', () => {
    const saved = formOf(policy);
    const form = { ...saved, invite_length: { amount: '90', unit: 'minute' as const }, retention_days: '30', blocked_domains: 'bad.example\nworse.example' };
    expect(changeOf(saved, form)).toEqual({ invite_minutes: 90, retention_days: 30, blocked_domains: ['bad.example', 'worse.example'] });
    expect(changeOf(saved, { ...saved, invite_length: { amount: '24', unit: 'hour' } })).toBeNull();
  });

  it('leaves it to the server to say that a number is none', () => {
    const saved = formOf(policy);
    expect(changeOf(saved, { ...saved, invite_length: { amount: 'an hour', unit: 'hour' } })).toEqual({ invite_minutes: 0 });
  });
});

describe('what a change ends', () => {
  it('is everybody when the module goes off', () => {
    expect(endedBy(policy, { enabled: false })).toBe(14);
    expect(shutsDoor(policy, { enabled: false })).toBe(true);
  });

  it('is one door of one class when a row of the table says so', () => {
    const change: PolicyChange = { doors: [{ class: 'media', invites_allowed: false, guest_links_allowed: true }] };
    expect(endedBy(policy, change)).toBe(3);
    expect(shutsDoor(policy, change)).toBe(true);
    expect(endedBy(policy, { doors: [{ class: 'live', guest_links_allowed: false }] })).toBe(0);
    expect(shutsDoor(policy, { retention_days: 3 })).toBe(false);
  });
});
