// Who came to an item, and what is kept of one address.

async function people({ page, scene }, item = 'trip', query = '') {
  await page.goto(`/media/${scene.items[item]}/people${query}`);
}

async function listed(stage) {
  await people(stage);
  await stage.page.getByRole('row').filter({ hasText: 'ben@example.org' }).waitFor();
}

async function putting(stage, act) {
  await listed(stage);
  await stage.page.getByRole('button', { name: stage.said('common.moreFor', { name: 'Ben Amir' }) }).click();
  await stage.page.getByRole('menuitem', { name: stage.said(`people.${act}`) }).click();
  await stage.page.getByRole('dialog').waitFor();
}

async function act(scene, name, what) {
  const url = `/api/items/${scene.items.trip}/people`;
  const { people: all } = (await scene.owner.do('GET', url)).body;
  await scene.owner.do('POST', `${url}/${all.find((one) => one.name === name).id}/${what}`);
}

/** @returns the button that erases */
async function keptAddress({ page, said }) {
  await page.goto('/settings');
  const part = page.getByRole('region', { name: said('people.address.title') });
  await part.getByRole('textbox').fill('ben@example.org');
  await part.getByRole('button', { name: said('people.address.find') }).click();
  const erase = part.getByRole('button', { name: said('people.address.erase') });
  await erase.scrollIntoViewIfNeeded();
  return erase;
}

/** @type {import('../list.mjs').State[]} */
export const peoplePages = [
  { name: 'people', route: '/media/{item}/people', as: 'owner', open: listed },
  {
    name: 'people-none', route: '/media/{item}/people', as: 'owner',
    async open(stage) {
      await people(stage, 'gone');
      await stage.page.getByText(stage.said('people.emptyText')).waitFor();
    },
  },
  {
    name: 'people-none-such', route: '/media/{item}/people', as: 'owner',
    async open(stage) {
      await listed(stage);
      await stage.page.getByRole('searchbox').fill('nobody at all');
      await stage.page.getByText(stage.said('people.noneSuch')).waitFor();
    },
  },
  {
    name: 'people-blocked', route: '/media/{item}/people', as: 'owner',
    async open(stage) {
      await act(stage.scene, 'Blocked Guest', 'block');
      await act(stage.scene, 'Removed Guest', 'remove');
      await people(stage);
      await stage.page.getByRole('button', { name: stage.said('people.unblockNamed', { name: 'Blocked Guest' }) }).waitFor();
    },
    async tidy({ scene }) {
      await act(scene, 'Blocked Guest', 'unblock');
      await act(scene, 'Removed Guest', 'restore');
    },
  },
  { name: 'people-menu', route: '/media/{item}/people', as: 'owner', async open(stage) {
    await listed(stage);
    await stage.page.getByRole('button', { name: stage.said('common.moreFor', { name: 'Ben Amir' }) }).click();
  } },
  { name: 'people-block', route: '/media/{item}/people', dialog: 'Putting', as: 'owner', open: (stage) => putting(stage, 'block') },
  { name: 'people-remove', route: '/media/{item}/people', dialog: 'Putting', as: 'owner', open: (stage) => putting(stage, 'remove') },
  { name: 'settings-kept-address', route: '/settings', as: 'owner', open: keptAddress },
  {
    name: 'settings-kept-address-erase', route: '/settings', dialog: 'KeptAddressPart', as: 'owner',
    async open(stage) {
      await (await keptAddress(stage)).click();
      await stage.page.getByRole('dialog').waitFor();
    },
  },
];
