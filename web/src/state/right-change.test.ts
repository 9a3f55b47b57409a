import { expect, it } from 'vitest';
import { readRightChange } from './right-change.ts';

it('reads who was given what', () => {
  expect(readRightChange('Noa Stern: co_editor')).toEqual({ name: 'Noa Stern', right: 'co_editor' });
  expect(readRightChange('Noa Stern: co_editor until 1796000000000')).toEqual({ name: 'Noa Stern', right: 'co_editor', untilMs: 1796000000000 });
});

it('takes a name with everything in it for a name', () => {
  expect(readRightChange('Room 3: Noa until 5: co_viewer')).toEqual({ name: 'Room 3: Noa until 5', right: 'co_viewer' });
  expect(readRightChange('something else')).toBeNull();
});
