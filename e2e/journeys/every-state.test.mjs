// Each state of `shots` once, every time in another view: it opens, and axe finds nothing. `npm run shots` draws all.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lacking } from '../shots/cover.mjs';
import { states } from '../shots/list.mjs';
import { Scene } from '../shots/scene.mjs';
import { drawState, views } from '../shots/view.mjs';

describe('every page and dialog', () => {
  const held = Scene.forTheseTests();

  it('stands in the list', () => assert.deepEqual(lacking(states), []));

  // Neighbours in the list are often alike; a step of three takes them through all views.
  states.forEach((state, index) => {
    const view = views[(index * 3) % views.length];
    it(`${state.name}, ${view.name}`, async () => assert.deepEqual(await drawState(held.scene, state, view), []));
  });
});
