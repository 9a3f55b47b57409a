// The sheet of guest access, with each of the things it can show.
async function openSheet({ page, scene, said }, item, title) {
  await page.goto(`/media/${scene.items[item]}`);
  await page.getByRole('button', { name: said('item.share') }).click();
  await page.getByRole('button', { name: said('share.manage') }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: said('guestAccess.title') }).waitFor();
  await sheet.locator('h3').first().waitFor();
  return sheet;
}

async function linkMenu({ page, said }, sheet, link, key) {
  await sheet.getByRole('button', { name: said('common.moreFor', { name: link }) }).click();
  await page.getByRole('menuitem', { name: said(key) }).click();
}

const off = ({ scene }) => scene.owner.turn(scene.items.plain, false);

/** @type {import('../list.mjs').State[]} */
export const guestAccess = [
  { name: 'off', open: (stage) => openSheet(stage, 'plain') },
  {
    name: 'off-link-wanted',
    async open(stage) {
      const sheet = await openSheet(stage, 'plain');
      await sheet.getByRole('button', { name: stage.said('guestAccess.firstLink') }).click();
      await sheet.getByText(stage.said('guestAccess.turnOnFirst')).first().waitFor();
    },
  },
  {
    name: 'on-empty', tidy: off,
    async open(stage) {
      const sheet = await openSheet(stage, 'plain');
      await sheet.getByRole('switch').click();
      await stage.page.getByText(stage.said('guestAccess.turnedOn')).first().waitFor();
    },
  },
  { name: 'links', open: (stage) => openSheet(stage, 'trip') },
  {
    name: 'links-of-every-state',
    async open(stage) {
      const sheet = await openSheet(stage, 'full');
      await sheet.getByRole('button', { name: stage.said('guestAccess.create') }).click();
      await sheet.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'copied',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.copyNamed', { name: 'Parents' }) }).click();
      await sheet.getByRole('button', { name: stage.said('guestAccess.copied') }).waitFor();
    },
  },
  {
    name: 'create',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.create') }).click();
      await sheet.getByLabel(stage.said('guestAccess.name')).fill('Grandparents');
      await sheet.locator('input[inputmode=numeric]').first().fill('60');
      await sheet.locator('input[inputmode=numeric]').last().fill('14');
    },
  },
  {
    name: 'create-leave',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.create') }).click();
      await sheet.getByLabel(stage.said('guestAccess.name')).fill('Grandparents');
      await stage.page.keyboard.press('Escape');
      await sheet.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'create-errors',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.create') }).click();
      await sheet.locator('input[inputmode=numeric]').first().fill('0');
      await sheet.locator('input[inputmode=numeric]').last().fill('4000');
      await sheet.getByRole('button', { name: stage.said('guestAccess.create') }).click();
      await sheet.getByText(stage.said('formError.name_required')).waitFor();
    },
  },
  {
    name: 'made',
    async open(stage) {
      const { scene, said } = stage;
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: said('guestAccess.create') }).click();
      await sheet.getByLabel(said('guestAccess.name')).fill('Grandparents');
      await sheet.getByRole('button', { name: said('guestAccess.create') }).click();
      await sheet.getByLabel(said('guestAccess.urlOf', { name: 'Grandparents' })).waitFor();
    },
    async tidy({ scene }) {
      const { links } = await scene.owner.guestAccess(scene.items.trip);
      for (const { id } of links.filter(({ name }) => name === 'Grandparents')) await scene.owner.deleteLink(scene.items.trip, id);
    },
  },
  {
    name: 'edit',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await linkMenu(stage, sheet, 'Parents', 'guestAccess.edit');
      await sheet.locator('input[inputmode=numeric]').last().fill('7');
    },
  },
  {
    name: 'qr',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await linkMenu(stage, sheet, 'Parents', 'guestAccess.qr');
      await sheet.getByRole('img').waitFor();
    },
  },
  {
    name: 'delete-link',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.deleteNamed', { name: 'Press' }) }).click();
    },
  },
  {
    name: 'delete-link-with-guests',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.deleteNamed', { name: 'Parents' }) }).click();
      await sheet.getByRole('radio').nth(1).check();
    },
  },
  {
    name: 'finishing',
    async open(stage) {
      await stage.page.route('**/guest-access', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        body.finishing = [{ id: 'F'.repeat(26), name: 'Last week', inside: 2 }];
        body.inside += 2;
        await route.fulfill({ response, json: body });
      });
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByText('Last week').waitFor();
    },
  },
  {
    name: 'off-with-guests',
    async open(stage) {
      await stage.page.route('**/guest-access', async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        await route.fulfill({ response, json: { ...body, enabled: false, links: body.links.map((link) => ({ ...link, state: 'off' })) } });
      });
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('guestAccess.endNow', { n: 2 }) }).click();
    },
  },
  {
    name: 'switch-off-with-guests',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('switch').click();
      await sheet.getByRole('radio').first().waitFor();
    },
  },
  {
    name: 'switch-off-until',
    async open(stage) {
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('switch').click();
      await sheet.getByRole('radio').nth(2).check();
      await sheet.getByLabel(stage.said('guestAccess.untilField')).waitFor();
    },
  },
  {
    name: 'loading-failed',
    async open({ page, scene, said }) {
      await page.route('**/guest-access', (route) => route.abort());
      await page.goto(`/media/${scene.items.trip}`);
      await page.getByRole('button', { name: said('item.share') }).click();
      await page.getByRole('button', { name: said('share.manage') }).click();
      await page.getByRole('dialog').getByText(said('guestAccess.failed')).waitFor();
    },
  },
].map(({ name, ...state }) => ({ name: `guest-access-${name}`, route: '/media/{item}', dialog: 'GuestAccessDialog', as: 'owner', ...state }));
