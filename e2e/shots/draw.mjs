// `npm run shots`: draws every state in every view into shots/out/ and holds axe over each. Nothing is left out:
// any violation, at any impact, fails. Words after the command pick states by the beginning of their names.
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { OTHER_NAME, openChromium } from '../harness/browser.mjs';
import { lacking } from './cover.mjs';
import { states } from './list.mjs';
import { Scene } from './scene.mjs';
import { drawState, views } from './view.mjs';

const out = fileURLToPath(new URL('out/', import.meta.url));
const AT_ONCE = 4;
const wanted = process.argv.slice(2);
const chosen = states.filter(({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)));

const faults = lacking(states);
if (wanted.length === 0) await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const browser = await openChromium(OTHER_NAME);
const scene = new Scene(browser);
try {
  await scene.build();
  // States may change what others show, so only the views of one are drawn beside each other; and of one that
  // changes something not even those.
  for (const state of chosen) {
    const waiting = [...views];
    const draw = async () => {
      for (let view = waiting.shift(); view; view = waiting.shift()) {
        faults.push(...(await drawState(scene, state, view, `${out}${state.name}.${view.name}.png`)));
      }
    };
    await Promise.all(Array.from({ length: state.tidy ? 1 : AT_ONCE }, draw));
    console.log(`${state.name}${faults.length > 0 ? ` (${faults.length} faults so far)` : ''}`);
  }
} finally {
  await scene.end();
  await browser.close();
}
for (const fault of faults) console.error(fault);
console.log(`${chosen.length} states, ${chosen.length * views.length} pictures, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
