// The entries of an item's menu, on its page and on its card.
import ContactRound from '@lucide/svelte/icons/contact-round';
import Eye from '@lucide/svelte/icons/eye';
import History from '@lucide/svelte/icons/history';
import Link2 from '@lucide/svelte/icons/link-2';
import Pencil from '@lucide/svelte/icons/pencil';
import Share2 from '@lucide/svelte/icons/share-2';
import Trash2 from '@lucide/svelte/icons/trash-2';
import UserPlus from '@lucide/svelte/icons/user-plus';
import UsersRound from '@lucide/svelte/icons/users-round';
import { t, type WordKey } from '../../i18n/index.ts';
import type { Capability } from '../../state/shapes.ts';
import type { MenuItem } from '../../ui/menu.ts';
import { needs, type ItemAct } from './acts.ts';

const looks: Record<Exclude<ItemAct, 'invites'>, { word: WordKey; icon: MenuItem['icon']; tone?: 'danger' }> = {
  share: { word: 'item.share', icon: Share2 },
  edit: { word: 'item.edit', icon: Pencil },
  'guest-access': { word: 'item.manageGuestAccess', icon: Link2 },
  invite: { word: 'invites.title', icon: UserPlus },
  preview: { word: 'item.preview', icon: Eye },
  collaborators: { word: 'item.collaborators', icon: UsersRound },
  people: { word: 'item.people', icon: ContactRound },
  activity: { word: 'activity.title', icon: History },
  delete: { word: 'item.delete', icon: Trash2, tone: 'danger' },
};

/** Those of `acts` that may be done, in this order. */
export function entriesOf(
  acts: readonly (keyof typeof looks)[],
  may: (what: Capability) => boolean,
  onopen: (what: ItemAct) => void,
): MenuItem[] {
  const allowed = acts.filter((act) => may(needs[act]));
  return allowed.map((act) => {
    const { word, icon, tone } = looks[act];
    return { label: t(word), icon, ...(tone && { tone }), act: () => onopen(act) };
  });
}
