// Where people come in, and where they are turned away.
const link = (scene, name) => new URL(scene.links[name].url).pathname;

async function enterAs({ page, scene, said }, name, { shared = false, by = 'press' } = {}) {
  await page.goto(link(scene, by));
  await page.getByLabel(said('page.entry.name')).fill(name);
  await page.getByLabel(said('page.entry.email')).fill('guest@example.org');
  if (shared) await page.getByLabel(said('page.entry.shared')).check();
  await page.getByRole('button', { name: said('page.entry.go.video') }).click();
  await page.waitForURL(/\/media\//);
  // From here on the wish to watch is taken: who reloads does not begin by themselves.
  await page.locator('video').waitFor();
}

/** A link that only one picture needs. */
async function openMoment(scene) {
  scene.links.moment = await scene.owner.link(scene.items.plain, 'For a moment');
}

const closeMoment = (scene, closing) => scene.owner.deleteLink(scene.items.plain, scene.links.moment.id, closing);

/** A guest whose link was deleted with "now". */
async function endedNow(stage) {
  const { page, scene, said } = stage;
  await openMoment(scene);
  await Promise.all([page.waitForResponse(/\/api\/viewings$/), enterAs(stage, 'Anna K.', { by: 'moment' })]);
  await closeMoment(scene, 'now');
  await page.getByText(said('player.ended.ended_now')).waitFor();
}

/** @type {import('../list.mjs').State[]} */
export const doors = [
  { name: 'entry', route: '/g/{token}', as: 'stranger', open: ({ page, scene }) => page.goto(link(scene, 'parents')) },
  {
    name: 'entry-errors', route: '/g/{token}', as: 'stranger',
    async open({ page, scene, said }) {
      await page.goto(link(scene, 'parents'));
      await page.getByLabel(said('page.entry.email')).fill('anna at example');
      await page.getByRole('button', { name: said('page.entry.go.video') }).click();
      await page.getByText(said('page.error.email_invalid')).waitFor();
    },
  },
  { name: 'entry-member', route: '/g/{token}', as: 'newcomer', open: ({ page, scene }) => page.goto(link(scene, 'parents')) },
  {
    name: 'entry-refused-by-the-server', route: '/g/{token}', as: 'stranger',
    async open({ page, scene, said }) {
      await page.goto(link(scene, 'parents'));
      // As a browser without script would send it.
      await page.getByLabel(said('page.entry.name')).fill('Anna K.');
      await page.getByLabel(said('page.entry.email')).fill('anna..k@example.org');
      await page.locator('form').evaluate((form) => form.submit());
      await page.waitForURL(/\/enter$/);
    },
  },
  {
    name: 'continue-as', route: '/g/{token}', as: 'stranger',
    async open(stage) {
      await enterAs(stage, 'Anna K.', { shared: true });
      await stage.page.goto(link(stage.scene, 'press'));
      await stage.page.getByRole('button', { name: stage.said('page.continue.other') }).waitFor();
    },
  },
  { name: 'not-ready', route: '/g/{token}', as: 'stranger', open: ({ page, scene }) => page.goto(link(scene, 'queued')) },
  { name: 'denied-link', route: '/g/{token}', as: 'stranger', open: ({ page, scene }) => page.goto(link(scene, 'expired')) },
  {
    // Whose own door was closed meanwhile.
    name: 'denied-page', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      await openMoment(stage.scene);
      await enterAs(stage, 'Anna K.', { by: 'moment' });
      await closeMoment(stage.scene, 'finish');
      await stage.page.reload();
    },
    tidy: ({ scene }) => scene.owner.turn(scene.items.plain, false),
  },
  {
    name: 'not-you', route: '/media/{item}', dialog: 'NotYou', as: 'stranger',
    async open(stage) {
      await enterAs(stage, 'Anna K.');
      await stage.page.getByRole('button', { name: stage.said('shell.notYou') }).click();
      await stage.page.getByRole('dialog').waitFor();
    },
  },
  {
    // What the same question looks like to whoever has no script.
    name: 'not-me', route: '/media/{item}/not-me', as: 'stranger',
    async open(stage) {
      await enterAs(stage, 'Anna K.');
      await stage.page.goto(`/media/${stage.scene.items.trip}/not-me`);
    },
  },
  {
    name: 'left', route: '/left', as: 'stranger',
    async open(stage) {
      await enterAs(stage, 'Anna K.');
      await stage.page.getByRole('button', { name: stage.said('shell.notYou') }).click();
      await stage.page.getByRole('button', { name: stage.said('shell.leave.go') }).click();
      await stage.page.waitForURL(/\/left$/);
    },
  },
  { name: 'plain-http', route: '/g/{token}', as: 'stranger', open: ({ page, scene }) => page.goto(`http://example.test:${scene.server.port}${link(scene, 'press')}`) },
  { name: 'not-found', route: '/media', as: 'stranger', open: ({ page }) => page.goto('/nowhere') },
  { name: 'set-up', route: '/setup/{token}', as: 'stranger', open: ({ page, scene }) => page.goto(scene.bare.setupUrl) },
  {
    name: 'set-up-errors', route: '/setup/{token}', as: 'stranger',
    async open({ page, scene, said }) {
      await page.goto(scene.bare.setupUrl);
      await page.getByLabel(said('setup.password')).fill('short');
      await page.getByRole('button', { name: said('setup.button') }).click();
    },
  },
  { name: 'guest-elsewhere', route: '/sign-in', as: 'stranger', async open(stage) {
    // A guest of one item is a stranger at another.
    await enterAs(stage, 'Anna K.');
    await stage.page.goto(`/media/${stage.scene.items.full}`);
    await stage.page.waitForURL(/\/sign-in/);
  } },
  { name: 'sign-in', route: '/sign-in', as: 'stranger', open: ({ page }) => page.goto('/sign-in') },
  {
    name: 'sign-in-refused', route: '/sign-in', as: 'stranger',
    async open({ page, said }) {
      await page.goto('/sign-in');
      // The server slows down whoever guesses; what it would say is drawn all the same.
      await page.route('**/api/sign-in', (route) => route.fulfill({ status: 401, json: { code: 'wrong_credentials', message: '', request_id: '0' } }));
      await page.getByLabel(said('signIn.email')).fill('dana@example.org');
      await page.getByLabel(said('signIn.password')).fill('guessed');
      await page.getByRole('button', { name: said('signIn.button') }).click();
      await page.getByText(said('signIn.wrong')).waitFor();
    },
  },
  { name: 'sign-in-late', route: '/sign-in', as: 'stranger', open: ({ page }) => page.goto('/sign-in?failed=late&next=/tokens') },
  { name: 'sign-in-stale', route: '/sign-in', as: 'stranger', open: ({ page }) => page.goto('/sign-in?failed=stale') },
  {
    name: 'signing-in', route: '/sign-in/oidc/{provider}/callback', as: 'stranger',
    async open({ page }) {
      // Its script would go on at once; this is what is seen until then, and without it.
      await page.route('**/assets/signing_in*', (route) => route.abort());
      await page.goto('/sign-in/oidc/school/callback?code=c&state=s');
    },
  },
  { name: 'api', route: '/api', as: 'stranger', open: ({ page }) => page.goto('/api') },
  {
    name: 'guest-media-page', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      await enterAs(stage, 'Anna K.');
      await stage.page.reload();
      await stage.page.getByRole('button', { name: stage.said('player.play') }).waitFor();
    },
  },
  {
    name: 'guest-playing', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      const { page, said } = stage;
      await enterAs(stage, 'Anna K.');
      await page.waitForFunction(() => document.querySelector('video')?.currentTime > 1);
      await page.locator('video').evaluate((video) => video.pause());
      await page.getByRole('button', { name: said('player.settings') }).click();
    },
  },
  {
    name: 'guest-keys', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      const { page, said } = stage;
      await enterAs(stage, 'Anna K.');
      await page.waitForFunction(() => document.querySelector('video')?.currentTime > 1);
      await page.locator('video').evaluate((video) => video.pause());
      await page.keyboard.press('?');
      await page.getByText(said('player.keys.everywhere')).waitFor();
    },
  },
  {
    name: 'guest-opened-elsewhere', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      const { page, said } = stage;
      await enterAs(stage, 'Anna K.');
      for (let i = 0; i < 3; i += 1) {
        const more = await page.context().newPage();
        await Promise.all([more.waitForResponse(/\/api\/viewings$/), more.goto(page.url())]);
      }
      await page.getByRole('button', { name: said('player.reopen') }).waitFor();
    },
  },
  {
    name: 'guest-ended-now', route: '/media/{item}', as: 'stranger', open: endedNow,
    tidy: ({ scene }) => scene.owner.turn(scene.items.plain, false),
  },
  {
    // Who asks again after the end sees the refusal with its reference.
    name: 'guest-ended-then-denied', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      await endedNow(stage);
      await stage.page.getByRole('button', { name: stage.said('player.retry') }).click();
      await stage.page.getByText(stage.said('ended.denied.title')).waitFor();
    },
    tidy: ({ scene }) => scene.owner.turn(scene.items.plain, false),
  },
  {
    name: 'guest-connection-lost', route: '/media/{item}', as: 'stranger',
    async open(stage) {
      const { page, said } = stage;
      await enterAs(stage, 'Anna K.');
      await page.reload();
      await page.getByRole('button', { name: said('player.play') }).waitFor();
      await page.route('**/m/**', (route) => route.abort());
      await page.getByRole('button', { name: said('player.play') }).click();
      await page.getByText(said('player.reconnecting')).waitFor();
    },
  },
];
