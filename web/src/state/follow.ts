import { changes, type Heard } from '../api/changes.ts';
import type { News } from '../api/types.ts';

export type { Heard } from '../api/changes.ts';

/** Hears when one of these items changes, until the returned function is called. */
export function follow(items: readonly string[], hear: (heard: Heard) => void): () => void {
  return items.length === 0 ? () => {} : changes.listen(items, hear);
}

/** Whether it is about one of these. After a gap nobody knows what changed, and `state` may be anything: both always are. */
export function concerns(heard: Heard, ...news: readonly News[]): boolean {
  return heard.type === 'reconnected' || heard.what === 'state' || news.includes(heard.what);
}
