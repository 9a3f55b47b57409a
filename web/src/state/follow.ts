import { changes, type Heard } from '../api/changes.ts';

export type { Heard } from '../api/changes.ts';

/** Hears when one of these items changes, until the returned function is called. */
export function follow(items: readonly string[], hear: (heard: Heard) => void): () => void {
  return items.length === 0 ? () => {} : changes.listen(items, hear);
}
