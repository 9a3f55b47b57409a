// One state in one view: opened, drawn, held against axe and against the edges of the screen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Visitor } from '../harness/browser.mjs';
import { wordsOf } from '../harness/words.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const LOCALES = { en: 'en-GB', he: 'he-IL' };

export const views = Object.keys(SCREENS).flatMap((screen) =>
  ['light', 'dark'].flatMap((scheme) => ['en', 'he'].map((language) => ({ name: `${screen}.${scheme}.${language}`, screen, scheme, language }))),
);

/** @returns {Promise<string[]>} what is wrong, in words */
export async function drawState(scene, state, view, file = null) {
  return visitState(scene, state, view, async (page) => {
    if (file) await page.screenshot({ path: file });
    return look(page, state);
  }, file);
}

/** Brings a page to a state and has it judged. @returns {Promise<string[]>} what is wrong, in words */
export async function visitState(scene, state, view, judge, file = null) {
  const { viewport, ...screen } = SCREENS[view.screen];
  const visitor = await Visitor.come(scene.browser, scene.server.origin, {
    viewport, ...screen, colorScheme: view.scheme, locale: LOCALES[view.language], reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  // The site before its set-up, the one that mails, and the name that is not localhost.
  const others = [scene.bare, scene.mailing.server].map(({ origin }) => new URL(origin).host);
  for (const host of [...others, `example.test:${scene.server.port}`]) visitor.hosts.add(host);
  if (state.as !== 'stranger') await visitor.context.addCookies(scene[state.as].cookies());
  const page = await visitor.context.newPage();
  page.on('dialog', (dialog) => dialog.accept());
  const stage = { page, scene, said: wordsOf(view.language) };
  const faults = [];
  try {
    await state.open(stage);
    await settle(page);
    faults.push(...(await judge(page)));
  } catch (error) {
    if (file) await page.screenshot({ path: file }).catch(() => undefined);
    faults.push(String(error.message).split('\n').slice(0, 3).join(' '));
  }
  await state.tidy?.(stage);
  // An answer that a state rewrites may still be under way.
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await visitor.context.close();
  return [...faults, ...visitor.faults].map((fault) => `${state.name} ${view.name}: ${fault}`);
}

async function settle(page) {
  await page.waitForLoadState('load');
  // The app stands by then, and not what the server drew in its place.
  await page.locator('.drawn').waitFor({ state: 'detached' });
  await page.locator('h1').first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity));
  await page.waitForFunction(() => [...document.images].every((image) => image.complete || image.loading === 'lazy'));
}

/** Holds an open state against axe and against the edges of the screen. @returns {Promise<string[]>} what is wrong */
export async function look(page, state) {
  const faults = [];
  if (state.dialog && !(await page.locator('dialog[open]').isVisible())) faults.push('no dialog is open');
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (over > 0) faults.push(`the page is ${over} px wider than the screen`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] }), TAGS);
  for (const { id, impact, nodes } of violations) {
    faults.push(`axe ${id} (${impact}): ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`);
  }
  return faults;
}
