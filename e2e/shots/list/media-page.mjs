// The owner's media page, in the states of its item, and the dialogs about the item.
const go = (item) => ({ page, scene }) => page.goto(`/media/${scene.items[item]}`);

async function fromMenu({ page, scene, said }, key, item = 'trip') {
  await page.goto(`/media/${scene.items[item]}`);
  await page.locator('main').getByRole('button', { name: said('common.moreFor') }).last().click();
  if (key) await page.getByRole('menuitem', { name: said(key) }).click();
}

async function activity(stage, item) {
  await fromMenu(stage, 'activity.title', item);
  const sheet = stage.page.getByRole('dialog');
  await sheet.getByRole('list').first().waitFor();
  return sheet;
}

/** @type {import('../list.mjs').State[]} */
export const mediaPages = [
  {
    name: 'media', as: 'owner',
    async open(stage) {
      await go('trip')(stage);
      await stage.page.getByRole('button', { name: stage.said('player.play') }).waitFor();
    },
  },
  { name: 'media-no-description', as: 'owner', open: go('plain') },
  { name: 'media-processing', as: 'owner', open: go('processing') },
  { name: 'media-queued', as: 'owner', open: go('queued') },
  { name: 'media-uploading', as: 'owner', open: go('uploading') },
  { name: 'media-failed', as: 'owner', open: go('failed') },
  { name: 'media-cancelled', as: 'owner', open: go('cancelled') },
  { name: 'media-not-open-to-a-member', as: 'newcomer', open: go('plain') },
  { name: 'media-menu', as: 'owner', open: (stage) => fromMenu(stage) },
  { name: 'media-edit', dialog: 'EditDialog', as: 'owner', open: (stage) => fromMenu(stage, 'item.edit') },
  { name: 'media-delete', dialog: 'DeleteItem', as: 'owner', open: (stage) => fromMenu(stage, 'item.delete') },
  { name: 'media-preview', as: 'owner', open: ({ page, scene }) => page.goto(`/media/${scene.items.trip}?preview`) },
  { name: 'activity', dialog: 'ActivityPanel', as: 'owner', open: (stage) => activity(stage) },
  {
    name: 'activity-lookup', dialog: 'ActivityPanel', as: 'owner',
    async open(stage) {
      const refused = await (await fetch(stage.scene.links.usedUp.url)).text();
      const sheet = await activity(stage, 'full');
      await sheet.getByRole('textbox').fill(/class="code"[^>]*>([^<]+)/.exec(refused)[1]);
      await sheet.locator('form button[type=submit]').click();
      await sheet.locator('form strong').waitFor();
    },
  },
  {
    name: 'share', dialog: 'ShareDialog', as: 'owner',
    async open({ page, scene, said }) {
      await page.goto(`/media/${scene.items.trip}`);
      await page.getByRole('button', { name: said('item.share') }).click();
      await page.getByRole('dialog').getByText('Parents').waitFor();
    },
  },
  {
    name: 'share-off', dialog: 'ShareDialog', as: 'owner',
    async open({ page, scene, said }) {
      await page.goto(`/media/${scene.items.plain}`);
      await page.getByRole('button', { name: said('item.share') }).click();
      await page.getByText(said('share.off')).waitFor();
    },
  },
  {
    name: 'playing', as: 'owner',
    async open({ page, scene, said }) {
      await page.goto(`/media/${scene.items.trip}`);
      await page.getByRole('button', { name: said('player.play') }).click();
      await page.waitForFunction(() => document.querySelector('video')?.currentTime > 1);
      await page.locator('video').evaluate((video) => video.pause());
    },
  },
].map((state) => ({ route: '/media/{item}', ...state }));
