// The own account, members, groups and collaborators. The owner is a site administrator here.

async function account({ page, said }) {
  await page.goto('/account');
  await page.getByRole('heading', { name: said('account.sessions') }).waitFor();
}

async function members({ page }) {
  await page.goto('/members');
  await page.getByText('noa@example.org').waitFor();
}

async function newMember(stage) {
  await members(stage);
  await stage.page.getByRole('button', { name: stage.said('members.create') }).click();
  await stage.page.getByRole('dialog').waitFor();
}

async function forgetGroups({ scene }) {
  const { body } = await scene.owner.do('GET', '/api/groups');
  for (const { id } of body.groups) await scene.owner.do('DELETE', `/api/groups/${id}`);
}

const PEOPLE = ['ruth@example.org, Ruth, Adler, viewer, Teachers', 'omer@example.org, Omer, Tal', 'carla at example.org, Carla, Mendes'];

async function importing(stage, rows) {
  const { page, said } = stage;
  await members(stage);
  await page.getByRole('button', { name: said('members.import') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(said('invites.sheet')).fill(rows.join('\n'));
  await dialog.getByRole('button', { name: said('invites.check') }).click();
  return dialog;
}

async function collaborators({ page, scene, said }) {
  await page.goto(`/media/${scene.items.trip}`);
  await page.getByRole('button', { name: said('common.moreFor', { name: 'Field trip 2026' }) }).click();
  await page.getByRole('menuitem', { name: said('item.collaborators') }).click();
  await page.getByRole('heading', { name: said('rights.people') }).waitFor();
}

async function imports(stage, text) {
  const { page, said } = stage;
  await members(stage);
  await page.getByRole('button', { name: said('members.import') }).click();
  const dialog = page.getByRole('dialog', { name: said('members.importTitle') });
  await dialog.getByLabel(said('invites.sheet')).fill(text);
  await dialog.getByRole('button', { name: said('invites.check') }).click();
  await dialog.getByRole('region').first().waitFor();
  return dialog;
}

/** @type {import('../list.mjs').State[]} */
export const membersPages = [
  { name: 'account', route: '/account', as: 'owner', open: account },
  {
    name: 'account-wrong-password', route: '/account', as: 'owner',
    async open(stage) {
      await account(stage);
      await stage.page.getByRole('button', { name: stage.said('account.change') }).click();
      await stage.page.locator('[aria-invalid=true]').first().waitFor();
    },
  },
  {
    name: 'account-link', route: '/account/{token}', as: 'stranger',
    async open({ page, scene, said }) {
      const email = `nina${Date.now()}@example.org`;
      const { body } = await scene.owner.do('POST', '/api/members', { email, name: 'Nina New', role: 'viewer' });
      await page.goto(body.link.url);
      await page.getByRole('heading', { name: said('account.linkTitle', { name: 'Nina New' }) }).waitFor();
    },
  },
  {
    name: 'passkey-delete', route: '/account', dialog: 'Passkeys', as: 'owner',
    async open(stage) {
      const { page, said } = stage;
      const passkey = { id: '0'.repeat(26), name: 'Phone', created_ms: Date.now() - 86_400_000, used_ms: null };
      await page.route('**/api/passkeys', (route) => route.fulfill({ json: { available: true, passkeys: [passkey] } }));
      await account(stage);
      await page.getByRole('button', { name: said('passkeys.delete', { name: 'Phone' }) }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'members', route: '/members', as: 'owner', open: members },
  {
    name: 'members-nobody', route: '/members', as: 'owner',
    async open(stage) {
      await members(stage);
      await stage.page.getByRole('combobox', { name: stage.said('members.stateLabel') }).selectOption('disabled');
      await stage.page.getByRole('button', { name: stage.said('members.clear') }).waitFor();
    },
  },
  {
    name: 'members-imported', route: '/members', dialog: 'ImportMade', as: 'owner',
    async open(stage) {
      const { page, said } = stage;
      const made = ['Anna Levi', 'Ben Katz'].map((name, at) => ({ row: at + 1, id: String(at), email: `${name[0].toLowerCase()}@class.example`, name, url: `https://anteroom.example/account/${'x'.repeat(43)}` }));
      const dialog = await imports(stage, 'anna@class.example,Anna,Levi\nben@class.example,Ben,Katz\n');
      await page.route('**/api/members/bulk', (route) => route.fulfill({ status: 201, json: { rows: 2, good: 2, bad_rows: [], member_rows: [], preview: [], unusual: [], mails: false, created: made } }));
      await dialog.getByRole('button', { name: said('members.importMake', { n: 2 }) }).click();
      await dialog.getByRole('button', { name: said('invites.download') }).waitFor();
    },
  },
  { name: 'member-new', route: '/members', dialog: 'NewMember', as: 'owner', open: newMember },
  {
    name: 'member', route: '/members', dialog: 'MemberDialog', as: 'owner',
    async open(stage) {
      await members(stage);
      await stage.page.getByRole('button', { name: /Noa Stern/ }).click();
      await stage.page.getByText(stage.said('members.unverified')).first().waitFor();
    },
  },
  {
    name: 'groups-empty', route: '/groups', as: 'owner',
    async open({ page, said }) {
      await page.goto('/groups');
      await page.getByText(said('groups.emptyTitle')).waitFor();
    },
  },
  {
    name: 'group-delete', route: '/groups', dialog: 'GroupsPage', as: 'owner',
    async open({ page, scene, said }) {
      await scene.owner.do('POST', '/api/groups', { name: 'Teachers' });
      await page.goto('/groups');
      await page.getByRole('button', { name: said('common.moreFor', { name: 'Teachers' }) }).click();
      await page.getByRole('menuitem', { name: said('groups.delete') }).click();
      await page.getByRole('dialog').waitFor();
    },
    tidy: forgetGroups,
  },
  {
    name: 'group', route: '/groups', dialog: 'GroupDialog', as: 'owner', tidy: forgetGroups,
    async open({ page, scene, said }) {
      await scene.owner.do('POST', '/api/groups', { name: 'Teachers' });
      await page.goto('/groups');
      await page.getByRole('button', { name: said('groups.showNamed', { name: 'Teachers' }) }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('searchbox').fill('noa');
      await dialog.getByRole('button', { name: said('groups.addNamed', { name: 'Noa Stern' }) }).click();
      await dialog.getByRole('button', { name: said('groups.takeOutNamed', { name: 'Noa Stern' }) }).waitFor();
    },
  },
  {
    name: 'members-import', route: '/members', dialog: 'ImportDialog', as: 'owner',
    async open(stage) {
      const dialog = await importing(stage, PEOPLE.slice(1, 2));
      await dialog.getByText(stage.said('members.importGood', { n: 1 })).waitFor();
    },
  },
  {
    name: 'members-import-bad-rows', route: '/members', dialog: 'ImportDialog', as: 'owner',
    async open(stage) {
      const dialog = await importing(stage, PEOPLE);
      await dialog.getByText(stage.said('invites.badCount', { n: 2 })).waitFor();
    },
  },
  {
    name: 'collaborators-add', route: '/media/{item}', dialog: 'Collaborators', as: 'owner',
    async open(stage) {
      await collaborators(stage);
      await stage.page.getByRole('button', { name: stage.said('rights.add') }).click();
    },
  },
  { name: 'collaborators', route: '/media/{item}', dialog: 'Collaborators', as: 'owner', open: collaborators },
];
