// Where invited people come in, wait, and are turned away.
import { Visitor } from '../../harness/browser.mjs';
import { goIn, invite } from '../../harness/invitee.mjs';

let people = 0;

/** An invite for somebody else each time: views are drawn beside each other, and a person has one seat. */
async function fresh(scene) {
  people += 1;
  const email = `anna${people}@example.org`;
  return { ...(await invite(scene.owner, scene.items.plain, email, { max_uses: 1 })), email };
}

/** In by the words of any language. */
async function enter({ page, said }, { url, email }) {
  await page.goto(url);
  await page.getByLabel(said('page.lobby.email')).fill(email);
  await page.getByRole('button', { name: said('page.lobby.go') }).click();
  await page.waitForURL(/\/media\//);
}

/** An invite that another device has. */
async function taken(scene) {
  const invited = await fresh(scene);
  const device = await Visitor.come(scene.browser, scene.server.origin);
  await goIn(await device.newPage(), invited, invited.email);
  await device.leave();
  return invited;
}

/** The right address, on a device that is one too many. */
async function turnedAway({ page, scene, said }) {
  const { url, email } = await taken(scene);
  await page.goto(url);
  await page.getByLabel(said('page.lobby.email')).fill(email);
  await page.getByRole('button', { name: said('page.lobby.go') }).click();
  await page.getByText(said('page.denied.reference')).waitFor();
}

/** @type {import('../list.mjs').State[]} */
export const inviteDoor = [
  { name: 'lobby', route: '/i/{token}', as: 'stranger', open: async ({ page, scene }) => page.goto((await fresh(scene)).url) },
  {
    name: 'lobby-refused', route: '/i/{token}', as: 'stranger',
    async open({ page, scene, said }) {
      await page.goto((await fresh(scene)).url);
      await page.getByLabel(said('page.lobby.email')).fill('nina@example.org');
      await page.getByRole('button', { name: said('page.lobby.go') }).click();
      await page.getByText(said('page.error.address_did_not_open')).waitFor();
    },
  },
  { name: 'denied-invite', route: '/i/{token}', as: 'stranger', open: turnedAway },
  {
    name: 'invite-waiting', route: '/i/{token}', as: 'stranger',
    async open(stage) {
      const { page, said } = stage;
      await turnedAway(stage);
      await page.getByRole('button', { name: said('page.denied.invited.ask') }).click();
      await page.getByText(said('page.waiting.reference')).waitFor();
    },
  },
  { name: 'denied-move', route: '/move/{token}', as: 'stranger', open: ({ page }) => page.goto(`/move/${'A'.repeat(27)}`) },
  {
    name: 'move', route: '/move/{token}', as: 'stranger',
    async open(stage) {
      await enter(stage, await fresh(stage.scene));
      const { page, said } = stage;
      await page.getByRole('button', { name: said('handOver.open') }).click();
      await page.getByRole('img', { name: said('handOver.code') }).waitFor();
      await page.goto(await page.getByRole('dialog').locator('code').innerText());
    },
  },
  {
    name: 'invitee-hands-over', route: '/media/{item}', as: 'stranger', dialog: 'HandOverDialog',
    async open(stage) {
      await enter(stage, await fresh(stage.scene));
      const { page, said } = stage;
      await page.getByRole('button', { name: said('handOver.open') }).click();
      await page.getByRole('img', { name: said('handOver.code') }).waitFor();
    },
  },
  {
    name: 'invitee-is-asked', route: '/media/{item}', as: 'stranger', dialog: 'HandOver',
    async open(stage) {
      const { page, said, scene } = stage;
      const invited = await fresh(scene);
      await enter(stage, invited);
      await page.getByRole('button', { name: said('handOver.open') }).click();
      const url = await page.getByRole('dialog').locator('code').innerText();
      const device = await Visitor.come(scene.browser, scene.server.origin);
      const other = await device.newPage();
      await other.goto(url);
      await other.locator('#email').fill(invited.email);
      await other.locator('form button[type=submit]').first().click();
      await page.getByText(said('handOver.asks')).waitFor();
      await device.leave();
    },
  },
];
