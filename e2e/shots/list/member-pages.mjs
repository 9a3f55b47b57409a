// What members have beside their media pages: My Media, uploads, tokens.
import { film } from '../../harness/media.mjs';

async function myMedia({ page, said }) {
  await page.goto('/');
  await page.getByRole('heading', { name: said('myMedia.title') }).waitFor();
}

async function menuOf({ page, said }, title) {
  const button = page.getByRole('button', { name: said('common.moreFor', { name: title }) });
  await button.scrollIntoViewIfNeeded();
  await page.waitForTimeout(100);
  await button.click();
  await page.getByRole('menuitem').first().waitFor();
}

async function choose({ page, said }, path) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: said('myMedia.upload') }).click()]);
  await chooser.setFiles(path);
}

/** A send that stands still at a third of the way. */
async function stuckUpload(stage) {
  await myMedia(stage);
  const network = await stage.page.context().newCDPSession(stage.page);
  await network.send('Network.enable');
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 1_000_000 });
  await choose(stage, [await film('heavy.mp4'), new URL('../../package.json', import.meta.url).pathname]);
  const tray = stage.page.locator('#uploads');
  // On a phone a button in the bar stands for it.
  const button = stage.page.locator('button[aria-controls=uploads]');
  await tray.or(button).filter({ visible: true }).first().waitFor();
  if (!(await tray.isVisible())) await button.click();
  await tray.getByText(/%|MB/).first().waitFor();
  await stage.page.waitForTimeout(1_500);
}

/** Ends what `stuckUpload` began, so that the next picture has the same grid. */
async function endUploads({ scene }) {
  const { body } = await scene.owner.do('GET', '/api/items?limit=100');
  const begun = body.items.filter(({ title, state }) => title === 'heavy' && state === 'uploading');
  for (const { id } of begun) await scene.owner.do('DELETE', `/api/items/${id}`);
}

/** @type {import('../list.mjs').State[]} */
export const memberPages = [
  { name: 'my-media', route: '/', as: 'owner', open: myMedia },
  {
    name: 'my-media-shared', route: '/shared', as: 'newcomer',
    async open({ page, scene, said }) {
      const { body } = await scene.newcomer.do('GET', '/api/me');
      for (const [item, right] of [['trip', 'co_editor'], ['full', 'co_viewer']])
        await scene.owner.do('PUT', `/api/items/${scene.items[item]}/rights/${body.id}`, { right });
      await page.goto('/shared');
      await page.getByRole('heading', { name: 'Field trip 2026' }).waitFor();
      await page.getByRole('heading', { name: said('shared.title') }).waitFor();
    },
    async tidy({ scene }) {
      const { body } = await scene.newcomer.do('GET', '/api/me');
      for (const item of ['trip', 'full']) await scene.owner.do('DELETE', `/api/items/${scene.items[item]}/rights/${body.id}`);
    },
  },
  { name: 'my-media-nothing-shared', route: '/shared', as: 'owner', open: ({ page, said }) => page.goto('/shared').then(() => page.getByText(said('shared.emptyTitle')).waitFor()) },
  { name: 'my-media-empty', route: '/media', as: 'newcomer', open: ({ page }) => page.goto('/media') },
  {
    name: 'my-media-nothing-found', route: '/', as: 'owner',
    async open(stage) {
      await myMedia(stage);
      await stage.page.getByRole('searchbox').fill('volcano');
      await stage.page.getByText(stage.said('myMedia.noneFound', { query: 'volcano' })).waitFor();
    },
  },
  {
    name: 'my-media-loading-failed', route: '/', as: 'owner',
    async open(stage) {
      await myMedia(stage);
      await stage.page.route('**/api/items?*', (route) => route.abort());
      await stage.page.getByRole('searchbox').fill('trip');
      await stage.page.getByText(stage.said('myMedia.failed')).waitFor();
    },
  },
  {
    name: 'my-media-card-menu', route: '/', as: 'owner',
    async open(stage) {
      await myMedia(stage);
      await menuOf(stage, 'Field trip 2026');
    },
  },
  {
    name: 'my-media-delete', route: '/', dialog: 'DeleteItem', as: 'owner',
    async open(stage) {
      await myMedia(stage);
      await menuOf(stage, 'Field trip 2026');
      await stage.page.getByRole('menuitem', { name: stage.said('item.delete') }).click();
    },
  },
  {
    name: 'account-menu', route: '/', as: 'owner',
    async open(stage) {
      await myMedia(stage);
      await stage.page.getByRole('button', { name: stage.said('shell.account') }).click();
      await stage.page.getByRole('menuitem').first().waitFor();
    },
  },
  { name: 'uploads', route: '/', as: 'owner', open: stuckUpload, tidy: endUploads },
  {
    name: 'uploads-cancel', route: '/', dialog: 'CancelUpload', as: 'owner', tidy: endUploads,
    async open(stage) {
      await stuckUpload(stage);
      await stage.page.getByRole('button', { name: stage.said('uploads.cancel', { name: 'heavy' }) }).click();
    },
  },
  {
    name: 'uploads-on-a-media-page', route: '/media/{item}', as: 'owner', tidy: endUploads,
    async open(stage) {
      await stuckUpload(stage);
      // Whatever lies over the grid, the link leads on.
      await stage.page.getByRole('heading', { name: 'Field trip 2026' }).getByRole('link').press('Enter');
      await stage.page.getByRole('button', { name: stage.said('item.share') }).waitFor();
    },
  },
  {
    name: 'sign-out-while-uploading', route: '/', dialog: 'TopBar', as: 'owner', tidy: endUploads,
    async open(stage) {
      await stuckUpload(stage);
      await stage.page.getByRole('button', { name: stage.said('shell.account') }).click();
      await stage.page.getByRole('menuitem', { name: stage.said('shell.signOut') }).click();
    },
  },
  {
    name: 'tokens-empty', route: '/tokens', as: 'newcomer',
    async open({ page, said }) {
      await page.goto('/tokens');
      await page.getByText(said('tokens.emptyTitle')).waitFor();
    },
  },
  ...[
    { name: 'tokens', open: async () => undefined },
    {
      name: 'token-new', dialog: 'NewToken',
      async open({ page, said }) {
        await page.getByRole('button', { name: said('tokens.create') }).click();
        await page.getByRole('dialog').getByRole('button', { name: said('tokens.create') }).click();
        await page.getByText(said('formError.name_required')).waitFor();
      },
    },
    {
      name: 'token-made',
      async open({ page, said }) {
        await page.getByRole('button', { name: said('tokens.create') }).click();
        const sheet = page.getByRole('dialog');
        await sheet.getByLabel(said('tokens.name')).fill('Backup');
        await sheet.getByRole('button', { name: said('tokens.create') }).click();
        await page.getByText(said('tokens.made')).waitFor();
      },
    },
    {
      name: 'token-delete', dialog: 'TokensPage',
      open: ({ page, said }) => page.getByRole('button', { name: said('tokens.delete', { name: 'Lecture capture' }) }).first().click(),
    },
  ].map(({ open, ...state }) => ({
    route: '/tokens', as: 'owner', ...state, tidy: forgetTokens,
    async open(stage) {
      await stage.scene.owner.do('POST', '/api/tokens', { name: 'Lecture capture', scopes: ['uploads', 'items:read'], days: 90 });
      await stage.page.goto('/tokens');
      await stage.page.getByRole('heading', { name: 'Lecture capture' }).first().waitFor();
      await open(stage);
    },
  })),
];

async function forgetTokens({ scene }) {
  const { body } = await scene.owner.do('GET', '/api/tokens');
  for (const { id } of body.tokens ?? body) await scene.owner.do('DELETE', `/api/tokens/${id}`);
}
