// The one tray of this page, and who wants to know about the items that it makes.
import { items } from '../api/items.ts';
import { follow } from './follow.ts';
import { session } from './session.svelte.ts';
import { Uploads } from './uploads.svelte.ts';

const listeners = new Set<(item: string) => void>();

export const tray = new Uploads({
  now: () => performance.now(),
  onItem: (item) => listeners.forEach((hear) => hear(item)),
  maxBytes: () => session.site.upload_max_bytes,
  look: (item) => items.get(item),
});

/** Hears of each item that an upload makes or completes, until the returned function is called. */
export function onUploadedItem(hear: (item: string) => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}

/** Follows what becomes of items whose files have arrived, until the returned function is called. */
export function followMaking(ids: readonly string[]): () => void {
  return follow(ids, (heard) => {
    if (heard.type === 'reconnected') for (const id of ids) void tray.look(id);
    else void tray.look(heard.item, heard.what === 'progress' ? heard.percent : null);
  });
}
