// From the press on the entry form's button to the first decoded frame of the film, in Chromium. The cache is emptied
// right before the press; `--typed` leaves what the page fetched while somebody typed.
import { parseArgs } from 'node:util';
import { openChromium, Visitor } from '../../e2e/harness/browser.mjs';
import { film } from '../../e2e/harness/media.mjs';
import { Anteroom } from '../../e2e/harness/server.mjs';

const AIM_MS = 350;
const FRAME_WITHIN_MS = 30_000;

const { values: wanted } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    beside: { type: 'string' },
    language: { type: 'string', default: 'en' },
    typed: { type: 'boolean', default: false },
    waterfall: { type: 'boolean', default: false },
  },
});

class Side {
  constructor(name, binary) {
    Object.assign(this, { name, binary });
    /** @type {number[]} */
    this.took = [];
  }

  async furnish() {
    this.server = await Anteroom.begin({}, undefined, this.binary);
    const owner = await this.server.member('dana@example.org', 'Dana Levi');
    const item = await owner.readyItem(await film('short.mp4'), 'Field trip');
    this.link = await owner.link(item, 'Parents');
  }

  async enter(browser) {
    const locale = wanted.language === 'he' ? 'he-IL' : 'en-GB';
    const visitor = await Visitor.come(browser, this.server.origin, { locale });
    const page = await visitor.newPage();
    const wire = await visitor.context.newCDPSession(page);
    await page.addInitScript(watchForTheFrame);
    await page.goto(this.link.url, { waitUntil: 'networkidle' });
    await page.locator('#name').pressSequentially('Anna K.');
    await page.locator('#email').fill('anna@example.org');
    await page.evaluate(noteThePress);
    if (wanted.typed) await page.waitForLoadState('networkidle');
    else await wire.send('Network.clearBrowserCache');
    await page.locator('button[type=submit]').click();
    await page.waitForFunction(() => globalThis.firstFrameAt, null, { timeout: FRAME_WITHIN_MS });
    const seen = await page.evaluate(whatWasSeen);
    await visitor.leave();
    return seen;
  }
}

// These three run in the page.

function watchForTheFrame() {
  const look = () => {
    const video = document.querySelector('video');
    if (!video) return requestAnimationFrame(look);
    video.requestVideoFrameCallback(() => (globalThis.firstFrameAt = performance.timeOrigin + performance.now()));
  };
  requestAnimationFrame(look);
}

function noteThePress() {
  document.querySelector('form').addEventListener('submit', () => {
    sessionStorage.setItem('pressedAt', String(performance.timeOrigin + performance.now()));
  });
}

function whatWasSeen() {
  const pressedAt = Number(sessionStorage.getItem('pressedAt'));
  const since = performance.timeOrigin - pressedAt;
  const [document] = performance.getEntriesByType('navigation');
  const files = [document, ...performance.getEntriesByType('resource')].map((entry) => ({
    name: entry.name.replace(/^.*?\/\/[^/]*/, '').slice(0, 60),
    asked: since + (entry === document ? entry.requestStart : entry.startTime),
    first: since + entry.responseStart,
    came: since + entry.responseEnd,
    bytes: entry.transferSize,
  }));
  const marks = performance.getEntriesByType('paint').map(({ name, startTime }) => ({ name, at: since + startTime }));
  return { took: globalThis.firstFrameAt - pressedAt, files, marks };
}

function tell({ took, files, marks }) {
  for (const { name, asked, first, came, bytes } of files.filter(({ asked }) => asked < took)) {
    console.log(`    ${[asked, first, came].map((ms) => ms.toFixed(0).padStart(5)).join('')} ms ${String(bytes).padStart(7)} B  ${name}`);
  }
  for (const { name, at } of marks) console.log(`    ${at.toFixed(0).padStart(5)} ms  ${name}`);
  const before = files.filter(({ asked }) => asked < took);
  console.log(`    ${took.toFixed(0).padStart(5)} ms  first frame; ${before.reduce((sum, { bytes }) => sum + bytes, 0)} bytes in ${before.length} requests`);
}

function middle(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

const rounds = Number(wanted.rounds ?? (wanted.quick ? 2 : 15));
const sides = [new Side('ours', process.env.ANTEROOM_BIN), ...(wanted.beside ? [new Side('peer', wanted.beside)] : [])];
for (const side of sides) await side.furnish();
const browser = await openChromium();
try {
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of sides) {
      const seen = await side.enter(browser);
      // The first one finds everything cold, the browser itself too.
      if (round > 0) side.took.push(seen.took);
      if (wanted.waterfall && round === rounds) console.log(`  ${side.name}`), tell(seen);
    }
    if (round > 0) console.log(`  round ${round}:  ${sides.map(({ name, took }) => `${name} ${took.at(-1).toFixed(0)} ms`).join(', ')}`);
  }
} finally {
  await browser.close();
  for (const side of sides) await side.server.end();
}
const [ours, peer] = sides;
const peers = ours.took.map((_, round) => peer?.took[round] ?? AIM_MS);
const ratios = ours.took.map((ms, round) => peers[round] / ms);
const name = `first-frame${wanted.typed ? '-typed' : ''}${wanted.language === 'en' ? '' : `-${wanted.language}`}`;
console.log(
  `${name}: ratio=${middle(ratios).toFixed(2)} (min ${Math.min(...ratios).toFixed(2)} max ${Math.max(...ratios).toFixed(2)}) ` +
    `peer=${middle(peers).toFixed(0)} ours=${middle(ours.took).toFixed(0)} unit=ms`,
);
