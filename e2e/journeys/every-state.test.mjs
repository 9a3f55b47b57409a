// Each state of `shots` once, every time in another view: it opens, axe finds nothing, and it can be walked without a
// mouse. On a phone's screen that is also the walk of who enlarges a page to 400 %, with a keyboard.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { walk } from '../harness/keyboard.mjs';
import { lacking } from '../shots/cover.mjs';
import { states } from '../shots/list.mjs';
import { Scene } from '../shots/scene.mjs';
import { look, views, visitState } from '../shots/view.mjs';

describe('every page and dialog', () => {
  const held = Scene.forTheseTests();

  it('stands in the list', () => assert.deepEqual(lacking(states), []));

  // Neighbours in the list are often alike; a step of three takes them through all views.
  states.forEach((state, index) => {
    const view = views[(index * 3) % views.length];
    it(`${state.name}, ${view.name}`, async () => {
      assert.deepEqual(await visitState(held.scene, state, view, async (page) => [...await look(page, state), ...await walk(page)]), []);
    });
  });
});
