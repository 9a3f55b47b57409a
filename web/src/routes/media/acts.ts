// What may be done with an item, each with the capability that it needs: on the page, in its menu and in its dialogs.
import type { Capability } from '../../state/shapes.ts';

export const needs = {
  edit: 'edit',
  collaborators: 'manage_rights',
  share: 'manage_guest_access',
  'guest-access': 'manage_guest_access',
  invite: 'manage_invites',
  invites: 'manage_invites',
  preview: 'manage_guest_access',
  people: 'see_people',
  activity: 'see_activity',
  delete: 'delete',
} as const satisfies Record<string, Capability>;

export type ItemAct = keyof typeof needs;
export type ItemDialog = Exclude<ItemAct, 'preview' | 'people'>;

export function mayAnything(may: (what: Capability) => boolean): boolean {
  return Object.values(needs).some(may);
}
