// A person without a mouse: what Tab reaches, whether one sees where one is, in which order it goes, and that it
// goes on.
import { eventually } from './traffic.mjs';

const TABS_MOST = 700;
const PARTS_MOST = 8;
/** What Escape does is done by then, also on a busy machine. */
const LEAVES_WITHIN_MS = 15_000;

/** Runs in the page, once: what is asked of it at every step. */
function equip() {
  if (globalThis.keyboard) return;
  const STOPS = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const open = () => [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body;
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  };
  // Of a group of radio buttons and of tabs one is a stop, and the arrows lead to the others; of a menu its button is.
  const isOneOfMany = (element) => element.matches('[role^=menuitem], [role=tab]:not([aria-selected=true])') || (element.type === 'radio' && !element.checked);
  const isStop = (element) => !element.disabled && !isOneOfMany(element) && !element.closest('[inert]') && isShown(element);
  const outline = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const isDrawn = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1 && !/rgba\(.*, 0\)|transparent/.test(style.outlineColor);
    return isDrawn ? `${style.outlineStyle} ${style.outlineWidth} ${style.outlineColor}` : '';
  };
  const name = (element) => {
    const words = element.getAttribute('aria-label') ?? element.labels?.[0]?.textContent ?? element.textContent;
    return `${element.tagName.toLowerCase()} "${words.trim().replace(/\s+/g, ' ').slice(0, 50)}"`;
  };
  // The link of a tile draws its ring around the tile, a chip around its label, a field with a sign around both.
  const ring = (element) => {
    const around = [element.closest('label'), element.parentElement].filter((one) => one?.querySelectorAll(STOPS).length === 1);
    return [outline(element), outline(element, '::after'), ...around.map((one) => outline(one))].join('');
  };
  // Where things stand in the order of reading, however far a part of the page is scrolled and whatever sticks to its edge.
  const unrolled = (measure) => {
    const stuck = [...document.querySelectorAll('body *')].filter((one) => getComputedStyle(one).position === 'sticky');
    for (const one of stuck) one.style.position = 'static';
    try {
      return measure((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        let above = 0;
        for (let one = element.parentElement; one && one !== document.body; one = one.parentElement) above += one.scrollTop;
        return { left, right, top: top + above, bottom: bottom + above };
      });
    } finally {
      for (const one of stuck) one.style.position = '';
    }
  };
  // What lies over the page is read by itself: where it stands among the page's own parts is a matter of scrolling.
  const layerOf = (element) => {
    for (let one = element; one; one = one.parentElement) if (one.matches(':popover-open') || getComputedStyle(one).position === 'fixed') return one;
    return document.body;
  };
  globalThis.keyboard = {
    all: [],
    survey() {
      this.all = [...open().querySelectorAll(STOPS)].filter(isStop);
      this.unfocused = new Map(this.all.map((element) => [element, element === document.activeElement ? '' : ring(element)]));
      const layers = [...new Set(this.all.map(layerOf))];
      return unrolled((placeOf) => this.all.map((element) => (
        { name: name(element), ...placeOf(element), layer: layers.indexOf(layerOf(element)), isLtr: getComputedStyle(element.parentElement).direction === 'ltr' }
      )));
    },
    here() {
      const element = document.activeElement;
      if (!element || element === document.body || element === document.documentElement) return null;
      const seen = ring(element);
      return {
        at: this.all.indexOf(element), name: name(element),
        isSeen: seen !== '' && seen !== this.unfocused.get(element), isInside: open().contains(element),
      };
    },
  };
}

async function press(page, key) {
  await page.keyboard.press(key);
  return page.evaluate(() => globalThis.keyboard.here());
}

/** A thing that was there from the start is known by its place, since its words may change: "Copied" is "Copy" again. */
function keyOf({ at, name }) {
  return at < 0 ? name : at;
}

function isSame(one, other) {
  return Boolean(one) === Boolean(other) && (!one || keyOf(one) === keyOf(other));
}

/** Where the page begins, when Tab goes from its end to its beginning at once. */
function lowest(visited) {
  const places = visited.map(({ at }) => (at < 0 ? Infinity : at));
  return places.indexOf(Math.min(...places));
}

/** Presses `key` until it comes round. @returns the stops of one round, from where it comes in */
async function round(page, key) {
  const visited = [];
  let parts = 0;
  for (let i = 0; i < TABS_MOST; i += 1) {
    const stop = await press(page, key);
    const first = visited.find(Boolean);
    // A field for date and time has parts, each of which Tab stops at.
    parts = stop && isSame(stop, visited.at(-1)) ? parts + 1 : 0;
    if (parts > 0 && parts < PARTS_MOST) continue;
    // Out of the page, into the browser's own controls, counts as a step and not as a stop.
    if (stop && isSame(stop, first)) {
      const outside = visited.indexOf(null);
      const start = outside < 0 ? lowest(visited) : outside;
      return [...visited.slice(start), ...visited.slice(0, start)].filter(Boolean);
    }
    visited.push(stop);
  }
  throw new Error(`${key} does not come round: ${visited.slice(-6).map((stop) => stop?.name).join(', ')}`);
}

/** Reading order: down, and along a line. What stands beside each other on different lines may come either way. */
function isBackwards(from, to) {
  const overlap = Math.min(from.bottom, to.bottom) - Math.max(from.top, to.top);
  const isSameLine = overlap > 0.5 * Math.min(from.bottom - from.top, to.bottom - to.top);
  if (isSameLine) return from.isLtr ? to.right <= from.left : to.left >= from.right;
  const isSameColumn = Math.min(from.right, to.right) > Math.max(from.left, to.left);
  return isSameColumn && to.bottom <= from.top;
}

function orderFaults(stops, visited) {
  const order = visited.map(({ at }) => stops[at]).filter(Boolean);
  return [...new Set(order.map(({ layer }) => layer))].flatMap((layer) => {
    const own = order.filter((stop) => stop.layer === layer);
    return own.slice(1).filter((to, i) => isBackwards(own[i], to)).map((to) => `${to.name} comes after what stands behind it`);
  });
}

/** An open menu: arrows through all of it, Escape back to its button. */
async function leaveMenu(page) {
  const menu = page.locator('[role=menu]:popover-open');
  if (await menu.count() === 0) return [];
  const entries = await menu.locator('[role^=menuitem]').count();
  const names = new Set();
  for (let i = 0; i < entries; i += 1) {
    const stop = await press(page, 'ArrowDown');
    if (!stop?.isSeen) return [`${stop?.name} of a menu is not seen to have the focus`];
    names.add(stop.name);
  }
  await page.keyboard.press('Escape');
  const faults = names.size === entries ? [] : [`arrows reach ${names.size} of ${entries} entries`];
  const isBack = await page.evaluate(() => document.activeElement.getAttribute('aria-haspopup') === 'menu');
  return isBack && (await menu.count()) === 0 ? faults : [...faults, 'Escape does not go from the menu to its button'];
}

/** Tabs: arrows through all of them and round to where one was. */
async function roundTabs(page) {
  const tabs = page.locator('[role=tablist]:visible [role=tab]');
  const count = await tabs.count();
  if (count === 0) return [];
  await page.locator('[role=tablist]:visible [role=tab][aria-selected=true]').focus();
  const panel = page.locator('[role=tabpanel]:visible');
  const shown = await panel.innerText();
  const names = new Set();
  for (let i = 0; i < count; i += 1) {
    const stop = await press(page, 'ArrowRight');
    if (!stop?.isSeen) return [`${stop?.name} of the tabs is not seen to have the focus`];
    names.add(stop.name);
    // What a tab shows must not take the focus away from it.
    await page.waitForTimeout(150);
  }
  // It may have to be fetched once more.
  for (let i = 0; i < 100 && (await panel.innerText()) !== shown; i += 1) await page.waitForTimeout(100);
  return names.size === count ? [] : [`arrows reach ${names.size} of ${count} tabs`];
}

/** Escape closes what is open, and the focus is on a button of the page again: the one that opened it. */
async function leaveDialog(page) {
  const dialog = page.locator('dialog[open]');
  const shown = () => page.evaluate(() => [...document.querySelectorAll('dialog[open]')].map((one) => one.innerText).join());
  for (let i = 0; i < 4 && (await dialog.count()) > 0; i += 1) {
    const before = await shown();
    await page.keyboard.press('Escape');
    // What was typed is asked about first.
    if (await page.getByRole('alertdialog').count()) await page.getByRole('alertdialog').getByRole('button').last().press('Enter');
    // It leads out, or one pane back.
    await eventually(async () => (await shown()) !== before, { withinMs: LEAVES_WITHIN_MS, what: 'Escape does something' }).catch(() => undefined);
  }
  if ((await dialog.count()) > 0) return ['Escape does not close the dialog'];
  const stop = await page.evaluate(() => (globalThis.keyboard.survey(), globalThis.keyboard.here()));
  return stop && stop.at >= 0 ? [] : [`after the dialog the focus is on ${stop?.name ?? 'nothing'}`];
}

/** Walks the page that is open. @returns {Promise<string[]>} what is wrong, in words */
export async function walk(page) {
  await page.evaluate(equip);
  await page.evaluate(() => globalThis.keyboard.survey());
  const faults = [...await leaveMenu(page), ...await roundTabs(page)];
  const hasDialog = (await page.locator('dialog[open]').count()) > 0;
  const stops = await page.evaluate(() => globalThis.keyboard.survey());
  if (stops.length === 0) return faults;
  const visited = await round(page, 'Tab');
  const reached = new Set(visited.map(({ at }) => at));
  faults.push(...stops.filter((_, at) => !reached.has(at)).map(({ name }) => `Tab does not reach ${name}`));
  faults.push(...visited.filter(({ isSeen }) => !isSeen).map(({ name }) => `the focus on ${name} is not seen`));
  faults.push(...visited.filter(({ isInside }) => !isInside).map(({ name }) => `Tab leaves the dialog for ${name}`));
  faults.push(...orderFaults(stops, visited));
  const back = await round(page, 'Shift+Tab');
  const [there, again] = [visited, back.reverse()].map((all) => all.map(keyOf).sort().join());
  const [names, namesBack] = [visited, back].map((all) => all.map(({ name }) => name).join(', '));
  if (there !== again) faults.push(`Shift+Tab goes another way: ${namesBack} instead of ${names}`);
  if (hasDialog) faults.push(...(await leaveDialog(page)));
  return faults;
}

/** Goes with Tab, and only so, to a thing. */
export async function tabTo(page, thing, key = 'Tab') {
  await thing.waitFor();
  for (let i = 0; i < TABS_MOST; i += 1) {
    if (await thing.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not lead to ${thing}`);
}

/** Goes to a thing and presses Enter, or another key, on it. */
export async function pressOn(page, thing, key = 'Enter') {
  await tabTo(page, thing);
  await page.keyboard.press(key);
}

/** Goes to a field and types. */
export async function typeInto(page, field, text) {
  await tabTo(page, field);
  await page.keyboard.type(text);
}
