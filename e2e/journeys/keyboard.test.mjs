// Without a mouse: every state of every page and dialog can be walked, and whole tasks can be done.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openChromium } from '../harness/browser.mjs';
import { walk } from '../harness/keyboard.mjs';
import { states } from '../shots/list.mjs';
import { Scene } from '../shots/scene.mjs';
import { FLAGS, views, visitState } from '../shots/view.mjs';

/** Where there is a keyboard, and in both directions of reading. */
const desks = views.filter(({ screen, scheme }) => screen === 'desktop' && scheme === 'light');

describe('by keyboard alone', () => {
  let browser, scene;
  before(async () => {
    browser = await openChromium(FLAGS);
    scene = await Scene.build(browser);
  });
  after(async () => {
    await scene?.end();
    await browser?.close();
  });

  states.forEach((state, index) => {
    const view = desks[index % desks.length];
    it(`${state.name}, ${view.name}`, async () => assert.deepEqual(await visitState(scene, state, view, walk), []));
  });
});
