// The one tray of this page, and who wants to know about the items that it makes.
import { session } from './session.svelte.ts';
import { Uploads } from './uploads.svelte.ts';

const listeners = new Set<(item: string) => void>();

export const tray = new Uploads({
  now: () => performance.now(),
  onItem: (item) => listeners.forEach((hear) => hear(item)),
  maxBytes: () => session.site.upload_max_bytes,
});

/** Hears of each item that an upload makes or completes, until the returned function is called. */
export function onUploadedItem(hear: (item: string) => void): () => void {
  listeners.add(hear);
  return () => listeners.delete(hear);
}
