// The sheet of invites, with each of the things it can show.
async function openSheet({ page, scene, said }, item) {
  await page.goto(`/media/${scene.items[item]}`);
  await page.getByRole('button', { name: said('item.share') }).click();
  await page.getByRole('button', { name: said('share.invites') }).click();
  return shown({ page, said }, 'invites.listTitle');
}

async function openForm({ page, scene, said }, item) {
  await page.goto(`/media/${scene.items[item]}`);
  await page.getByRole('button', { name: said('item.share') }).click();
  await page.getByRole('button', { name: said('invites.title') }).click();
  const sheet = await shown({ page, said }, 'invites.title');
  await sheet.getByRole('combobox', { name: said('invites.email') }).waitFor();
  return sheet;
}

async function shown({ page, said }, title) {
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: said(title) }).waitFor();
  await sheet.getByText(said('common.loading')).waitFor({ state: 'detached' });
  return sheet;
}

async function fill({ said }, sheet, email = 'anna@example.org') {
  await sheet.getByRole('combobox', { name: said('invites.email') }).fill(email);
  await sheet.getByLabel(said('invites.first')).fill('Anna');
  await sheet.getByLabel(said('invites.last')).fill('Klein');
}

async function choose({ page, said }, sheet, key, name = 'Anna Klein') {
  await sheet.getByRole('button', { name: said('common.moreFor', { name }) }).click();
  await page.getByRole('menuitem', { name: said(key) }).click();
}

const MINUTE = 60_000;

/** What only other kinds of media, other policies and a mail server bring, in the server's own answer. */
async function enrich(page, change) {
  await page.route(/\/invites\?/, async (route) => {
    const response = await route.fetch();
    const body = await response.json();
    change(body);
    await route.fulfill({ response, json: body });
  });
}

function everyState(body) {
  const [first] = body.invites;
  const person = (id, first_name, last_name, email, more) => ({ ...first, id: `${id}`.padEnd(26, '0'), first_name, last_name, email, inside: false, bound: false, uses: 0, waiting: [], ...more });
  body.policy = { minutes_most: 10_080, uses_most: 5, mail: true };
  body.roles = ['viewer', 'speaker', 'moderator'].map((role) => ({ role, capabilities: ['watch', 'chat', ...(role === 'viewer' ? [] : ['be_on_stage'])] }));
  body.invites = [
    { ...first, max_uses: 2, waiting: [{ id: 'w'.repeat(26), reference: '7KQ-3MD', asked_ms: body.now_ms - 3 * MINUTE }] },
    person('B', 'Ben', 'Amir', 'ben@example.org', { state: 'mailed', proves_by_code: true, role: 'moderator', role_now: 'moderator' }),
    person('C', 'Carla', 'Mendes', 'carla@exmaple.org', { state: 'mail_failed', mail: { state: 'failed', answer: '550 5.1.1 <carla@exmaple.org>: Recipient address rejected', attempts: 0, queued_ms: body.now_ms - 5 * MINUTE } }),
    person('D', 'דנה', 'לוי', 'dana@example.org', { state: 'created', role_now: 'speaker', lent: { role: 'speaker', until_ms: body.now_ms + 10 * MINUTE } }),
    person('E', 'Eli', 'Stern', 'eli@example.org', { state: 'expired', end_ms: body.now_ms - 26 * 60 * MINUTE, max_uses: null, uses: 3 }),
    person('F', 'Fay', 'Okafor', 'fay@example.org', { state: 'revoked', revoked_ms: body.now_ms - 90 * MINUTE }),
  ];
  body.total = 6;
  body.waiting = [
    { ...body.invites[0].waiting[0], invite: first.id, email: first.email, first_name: first.first_name, last_name: first.last_name },
    { id: 'v'.repeat(26), reference: 'QXR-58T', asked_ms: body.now_ms - 20_000, invite: body.invites[3].id, email: 'dana@example.org', first_name: 'דנה', last_name: 'לוי' },
  ];
}

/** Nobody of them has an invite, whatever other states made. */
const SHEET = ['ruth@example.org, Ruth, Adler', 'omer@example.org, Omer, Tal', 'carla at example.org, Carla, Mendes', 'dan@example.org, Dan,', 'ruth@example.org, Ruth, Again'].join('\n');

async function openMany(stage, text, item = 'plain') {
  const sheet = await openForm(stage, item);
  await sheet.getByRole('button', { name: stage.said('invites.severalAtOnce') }).click();
  await sheet.getByLabel(stage.said('invites.sheet')).fill(text);
  return sheet;
}

/** @type {import('../list.mjs').State[]} */
export const invites = [
  { name: 'empty', open: (stage) => openSheet(stage, 'plain') },
  { name: 'list', open: (stage) => openSheet(stage, 'trip') },
  {
    name: 'list-of-every-state',
    async open(stage) {
      await enrich(stage.page, everyState);
      await openSheet(stage, 'trip');
    },
  },
  {
    name: 'row-menu',
    async open(stage) {
      await enrich(stage.page, everyState);
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('button', { name: stage.said('common.moreFor', { name: 'Ben Amir' }) }).click();
      await stage.page.getByRole('menuitem').first().waitFor();
    },
  },
  {
    name: 'search-none',
    async open(stage) {
      await stage.page.route(/\/invites\?.*q=/, (route) => route.continue());
      await enrich(stage.page, (body) => (body.total ||= 0));
      await stage.page.route(/\/invites\?(?!.*q=)/, async (route) => {
        const response = await route.fetch();
        const body = await response.json();
        everyState(body);
        await route.fulfill({ response, json: body });
      });
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByRole('searchbox').fill('nobody');
      await sheet.getByText(stage.said('invites.noneFound')).waitFor();
    },
  },
  {
    name: 'policy-says-no',
    async open(stage) {
      await enrich(stage.page, (body) => Object.assign(body, { may_invite: false, reason: 'policy_refused' }));
      const sheet = await openSheet(stage, 'trip');
      await sheet.getByText(stage.said('invites.reason.policy_refused')).waitFor();
    },
  },
  { name: 'form', open: (stage) => openForm(stage, 'plain') },
  {
    name: 'form-member-found',
    async open(stage) {
      const sheet = await openForm(stage, 'plain');
      await stage.page.route('**/api/members/find*', (route) => route.fulfill({ json: { members: [
        { name: 'Noa Stern', email: 'noa@example.org', first_name: 'Noa', last_name: 'Stern' },
        { name: 'Noah Baker', email: 'noah@example.org', first_name: 'Noah', last_name: 'Baker' },
      ] } }));
      await sheet.getByRole('combobox', { name: stage.said('invites.email') }).pressSequentially('noa');
      await sheet.getByRole('option').first().waitFor();
      await stage.page.keyboard.press('ArrowDown');
    },
  },
  {
    name: 'form-filled',
    async open(stage) {
      await fill(stage, await openForm(stage, 'plain'));
    },
  },
  {
    name: 'form-errors',
    async open(stage) {
      const sheet = await openForm(stage, 'plain');
      await sheet.getByRole('combobox', { name: stage.said('invites.email') }).fill('anna at example');
      await sheet.getByRole('radio', { name: stage.said('invites.custom') }).check();
      await sheet.getByLabel(stage.said('invites.customLabel'), { exact: true }).fill('400');
      await sheet.getByRole('button', { name: stage.said('invites.create') }).click();
      await sheet.getByText(stage.said('formError.email_invalid')).waitFor();
    },
  },
  {
    name: 'form-with-roles-and-mail',
    async open(stage) {
      await enrich(stage.page, everyState);
      const sheet = await openForm(stage, 'trip');
      await fill(stage, sheet);
      await sheet.getByRole('radio', { name: new RegExp(stage.said('invites.role.moderator').source.slice(1, -1)) }).check();
    },
  },
  {
    name: 'form-mail-in-a-language',
    async open(stage) {
      await enrich(stage.page, everyState);
      const sheet = await openForm(stage, 'trip');
      await fill(stage, sheet);
      await sheet.getByLabel(stage.said('invites.language')).selectOption('he');
      await sheet.getByLabel(stage.said('invites.code')).scrollIntoViewIfNeeded();
    },
  },
  {
    name: 'made',
    async open(stage) {
      const sheet = await openForm(stage, 'gone');
      await fill(stage, sheet);
      await sheet.getByRole('button', { name: stage.said('invites.create') }).click();
      await sheet.getByLabel(stage.said('invites.urlOf', { name: 'Anna Klein' })).waitFor();
      await sheet.getByRole('button', { name: stage.said('invites.qrShow') }).click();
      await sheet.getByRole('img').waitFor();
    },
  },
  { name: 'many', open: (stage) => openMany(stage, SHEET.split('\n').slice(0, 2).join('\n')) },
  {
    name: 'many-bad-rows',
    async open(stage) {
      const sheet = await openMany(stage, SHEET);
      await sheet.getByRole('button', { name: stage.said('invites.check') }).click();
      await sheet.getByText(stage.said('invites.badCount', { n: 2 })).waitFor();
    },
  },
  {
    name: 'many-nameless',
    async open(stage) {
      const sheet = await openMany(stage, 'email,first,last\nanna@example.org,Anna,Klein\nnoam@example.org,,Katz');
      await sheet.getByRole('button', { name: stage.said('invites.check') }).click();
      await sheet.getByText(stage.said('invites.waitingCount', { n: 1 })).waitFor();
    },
  },
  {
    name: 'many-good',
    async open(stage) {
      const sheet = await openMany(stage, SHEET.split('\n').slice(0, 2).join('\n'));
      await sheet.getByRole('button', { name: stage.said('invites.check') }).click();
      await sheet.getByText(stage.said('invites.goodCount', { n: 2 })).waitFor();
    },
  },
  {
    name: 'many-made',
    async open(stage) {
      // Nobody has an invite yet, whatever other views made.
      const text = `${crypto.randomUUID()}@example.org, Ruth, Adler\n${crypto.randomUUID()}@example.org, Omer, Tal`;
      const sheet = await openMany(stage, text, 'gone');
      await sheet.getByRole('button', { name: stage.said('invites.check') }).click();
      await sheet.getByRole('button', { name: stage.said('invites.makeAll', { n: 2 }) }).click();
      await sheet.getByRole('button', { name: stage.said('invites.download') }).waitFor();
    },
  },
  {
    name: 'qr',
    async open(stage) {
      await choose(stage, await openSheet(stage, 'trip'), 'guestAccess.qr');
      await stage.page.getByRole('dialog').getByRole('img').waitFor();
    },
  },
  {
    name: 'change',
    async open(stage) {
      await enrich(stage.page, everyState);
      await choose(stage, await openSheet(stage, 'trip'), 'invites.change');
      await stage.page.getByRole('dialog').getByLabel(stage.said('invites.first')).waitFor();
    },
  },
  { name: 'new-link', open: async (stage) => choose(stage, await openSheet(stage, 'trip'), 'invites.newLink') },
  {
    name: 'revoke',
    async open(stage) {
      await enrich(stage.page, everyState);
      await choose(stage, await openSheet(stage, 'trip'), 'invites.revoke', 'Ben Amir');
    },
  },
  {
    name: 'revoke-inside',
    async open(stage) {
      await choose(stage, await openSheet(stage, 'trip'), 'invites.revoke');
      await stage.page.getByRole('dialog').getByRole('radio').nth(2).check();
    },
  },
  {
    name: 'loading-failed',
    async open({ page, scene, said }) {
      await page.route(/\/invites\?/, (route) => route.abort());
      await page.goto(`/media/${scene.items.trip}`);
      await page.getByRole('button', { name: said('item.share') }).click();
      await page.getByRole('button', { name: said('share.invites') }).click();
      await page.getByRole('dialog').getByText(said('invites.failed')).waitFor();
    },
  },
].map(({ name, ...state }) => ({ name: `invites-${name}`, route: '/media/{item}', dialog: 'InvitesDialog', as: 'owner', ...state }));
