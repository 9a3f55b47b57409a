import { expect, it } from 'vitest';
import { concerns, type Heard } from './follow.ts';

const changed = (what: Extract<Heard, { type: 'changed' }>['what']): Heard => ({ type: 'changed', item: 'item', what });

it('concerns who shows what changed, and everybody when nobody knows what did', () => {
  expect(concerns(changed('invites'), 'invites', 'role')).toBe(true);
  expect(concerns(changed('progress'), 'invites', 'role')).toBe(false);
  expect(concerns(changed('state'), 'invites')).toBe(true);
  expect(concerns({ type: 'reconnected' })).toBe(true);
});
