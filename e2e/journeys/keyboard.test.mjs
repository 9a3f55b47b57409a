// Without a mouse: every state of every page and dialog can be walked, and whole tasks can be done.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { walk } from '../harness/keyboard.mjs';
import { states } from '../shots/list.mjs';
import { Scene } from '../shots/scene.mjs';
import { views, visitState } from '../shots/view.mjs';

/** Where there is a keyboard, and in both directions of reading. */
const desks = views.filter(({ screen, scheme }) => screen === 'desktop' && scheme === 'light');

describe('by keyboard alone', () => {
  const held = Scene.forTheseTests();

  states.forEach((state, index) => {
    const view = desks[index % desks.length];
    it(`${state.name}, ${view.name}`, async () => assert.deepEqual(await visitState(held.scene, state, view, walk), []));
  });
});
