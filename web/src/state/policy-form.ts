// The settings as an administrator edits them: what was typed, and what of it differs from what is saved. Pure; the server checks.
import type { Policy, PolicyChange, SiteRole } from '../api/types.ts';
import { inUnits, minutesOf, type Unit } from './invites-form.ts';

/** Who may: a role from which on, or names. */
export interface PermissionForm {
  /** The lowest role that may, or `NAMED`. */
  from: SiteRole | typeof NAMED;
  /** One address a line. */
  members: string;
  groups: string[];
}

export interface DoorForm {
  class: Policy['doors'][number]['class'];
  lobby: string;
  roles: string[];
  invites_allowed: boolean;
  guest_links_allowed: boolean;
  invites_to_recording: boolean;
  owners_show_recording: boolean;
}

export interface PolicyForm {
  enabled: boolean;
  media_page: boolean;
  invites_by: PermissionForm;
  /** In the unit that a person would say it in. */
  invite_length: { amount: string; unit: Unit };
  /** Empty: unlimited. */
  invite_uses: string;
  invite_mail: boolean;
  /** Whom members find while they type. */
  type_ahead: Policy['type_ahead'];
  guest_links_by: PermissionForm;
  guest_links_per_item: string;
  /** One domain a line. */
  blocked_domains: string;
  allowed_domains: string;
  domains_for_guests: boolean;
  doors: DoorForm[];
  guests_in_containers: boolean;
  retention_days: string;
}

/** Whom members may find while they type: everybody, those in their own groups, nobody. */
export const findable = ['everybody', 'own_groups', 'nobody'] as const;

/** In place of a role: people are named. */
export const NAMED = 'named';

export function formOf(policy: Policy): PolicyForm {
  const permission = (by: Policy['invites_by']): PermissionForm => ({
    from: by.from ?? NAMED,
    members: by.members.map((id) => policy.members.find((member) => member.id === id)?.email ?? id).join('\n'),
    groups: [...by.groups],
  });
  return {
    enabled: policy.enabled,
    media_page: policy.media_page,
    invites_by: permission(policy.invites_by),
    invite_length: lengthOf(policy.invite_minutes),
    invite_uses: policy.invite_uses === -1 ? '' : String(policy.invite_uses),
    invite_mail: policy.invite_template != null,
    type_ahead: policy.type_ahead,
    guest_links_by: permission(policy.guest_links_by),
    guest_links_per_item: String(policy.guest_links_per_item),
    blocked_domains: policy.blocked_domains.join('\n'),
    allowed_domains: policy.allowed_domains.join('\n'),
    domains_for_guests: policy.domains_for_guests,
    doors: policy.doors.map(({ lobby, ...row }) => ({ ...row, lobby: lobby.mode, roles: [...(lobby.roles ?? [])] })),
    guests_in_containers: policy.guests_in_containers,
    retention_days: String(policy.retention_days),
  };
}

function lengthOf(minutes: number): PolicyForm['invite_length'] {
  const { n, unit } = inUnits(minutes);
  return { amount: String(n), unit };
}

/** Not a number: the server says what is allowed, beside the field. */
const number = (text: string) => (/^\d+$/.test(text.trim()) ? Math.min(Number(text), Number.MAX_SAFE_INTEGER) : 0);
const lines = (text: string) => text.split(/[\s,;]+/).filter(Boolean);

function permissionChange(form: PermissionForm): PolicyChange['invites_by'] {
  return form.from === NAMED ? { from: null, members: lines(form.members), groups: form.groups } : { from: form.from, members: [], groups: [] };
}

/** All of it, as the server takes it. */
function whole(form: PolicyForm): PolicyChange {
  return {
    enabled: form.enabled,
    media_page: form.media_page,
    invites_by: permissionChange(form.invites_by),
    invite_minutes: minutesOf({ duration: 'custom', ...form.invite_length }) ?? 0,
    invite_uses: form.invite_uses.trim() === '' ? -1 : number(form.invite_uses),
    invite_template: form.invite_mail ? 'invite' : null,
    type_ahead: form.type_ahead,
    guest_links_by: permissionChange(form.guest_links_by),
    guest_links_per_item: number(form.guest_links_per_item),
    blocked_domains: lines(form.blocked_domains),
    allowed_domains: lines(form.allowed_domains),
    domains_for_guests: form.domains_for_guests,
    doors: form.doors.map(({ lobby, roles, ...row }) => ({ ...row, lobby: { mode: lobby, roles: lobby === 'roles' ? roles : [] } })),
    guests_in_containers: form.guests_in_containers,
    retention_days: number(form.retention_days),
  };
}

/** What differs from what is saved; null when nothing does. */
export function changeOf(saved: PolicyForm, form: PolicyForm): PolicyChange | null {
  const [before, now] = [whole(saved), whole(form)];
  const keys = (Object.keys(now) as (keyof PolicyChange)[]).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
  return keys.length === 0 ? null : Object.fromEntries(keys.map((key) => [key, now[key]]));
}

/** Open pages that this change ends at once. */
export function endedBy(policy: Policy, change: PolicyChange): number {
  const shuts = (row: { class: string; door: string }) => {
    if (change.enabled === false && policy.enabled) return true;
    const door = row.door === 'invites' ? 'invites_allowed' : 'guest_links_allowed';
    const was = policy.doors.find((one) => one.class === row.class)?.[door] ?? false;
    return was && change.doors?.find((one) => one.class === row.class)?.[door] === false;
  };
  return policy.inside.filter(shuts).reduce((sum, { viewings }) => sum + viewings, 0);
}

/** Whether the change shuts a door, whoever is inside. */
export function shutsDoor(policy: Policy, change: PolicyChange): boolean {
  if (change.enabled === false && policy.enabled) return true;
  return (change.doors ?? []).some((row) => {
    const was = policy.doors.find((one) => one.class === row.class);
    return (was?.invites_allowed && row.invites_allowed === false) || (was?.guest_links_allowed && row.guest_links_allowed === false);
  });
}
