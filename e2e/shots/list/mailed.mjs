// What only a site shows whose mails go out, and one whose mails do not go out any more.
import { Visitor } from '../../harness/browser.mjs';
import { goIn, invite } from '../../harness/invitee.mjs';

let people = 0;
const somebody = () => `anna${(people += 1)}@example.org`;

const at = (scene, path) => scene.mailing.server.origin + path;

/** An invite on the site that mails, and who it is for. */
async function fresh({ mailing }, more = {}) {
  const email = somebody();
  return { ...(await invite(mailing.owner, mailing.choir, email, { max_uses: 1, ...more })), email };
}

/** The right address, on a device that is one too many. */
async function turnedAway({ page, scene, said }) {
  const invited = await fresh(scene);
  const device = await Visitor.come(scene.browser, scene.mailing.server.origin);
  await goIn(await device.newPage(), invited, invited.email);
  await device.leave();
  await page.goto(invited.url);
  await typeAddress({ page, said }, invited.email);
  await page.getByText(said('page.denied.reference')).waitFor();
  return invited;
}

async function typeAddress({ page, said }, email) {
  await page.getByLabel(said('page.lobby.email')).fill(email);
  await page.getByRole('button', { name: said('page.lobby.go') }).click();
}

/** The page for a mailed code, by an invite that always asks for one. */
async function codePage(stage) {
  const { email, url } = await fresh(stage.scene, { proves_by_code: true });
  await stage.page.goto(url);
  await typeAddress(stage, email);
  await stage.page.getByLabel(stage.said('page.code.code')).waitFor();
}

async function asksOwner({ page, scene, said }) {
  await page.goto(scene.links.unmailed.url);
  await page.getByRole('button', { name: said('page.denied.invited.ask') }).waitFor();
}

async function sheetOf({ page, scene, said }, item, button, title) {
  await page.goto(at(scene, `/media/${scene.mailing[item]}`));
  await page.getByRole('button', { name: said('item.share') }).click();
  await page.getByRole('button', { name: said(button) }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('heading', { name: said(title) }).waitFor();
  await sheet.getByText(said('common.loading')).waitFor({ state: 'detached' });
  return sheet;
}

async function form(stage) {
  const sheet = await sheetOf(stage, 'choir', 'invites.title', 'invites.title');
  await sheet.getByRole('combobox', { name: stage.said('invites.email') }).fill(somebody());
  await sheet.getByLabel(stage.said('invites.first')).fill('Anna');
  await sheet.getByLabel(stage.said('invites.last')).fill('Klein');
  return sheet;
}

/** Views of a state that is tidied come one after another: the mail server behaves for one at a time. */
const tidy = () => undefined;

/** The confirmation of an invite, once the mail server has answered so. */
async function made(stage, mode, words) {
  await stage.scene.mailing.behaving(mode, async () => {
    const sheet = await form(stage);
    await sheet.getByRole('button', { name: stage.said('invites.createAndSend') }).click();
    await sheet.getByText(stage.said(words)).first().waitFor();
  });
}

/** A member's own account, of a new member each time: so many codes in an hour go to one. */
async function account({ page, scene, said }) {
  const member = await scene.mailing.server.member(somebody(), 'Anna Klein');
  await page.context().addCookies(member.cookies());
  await page.goto(at(scene, '/account'));
  await page.getByRole('button', { name: said('account.addAddress') }).click();
  await page.getByLabel(said('account.newAddress')).waitFor();
}

async function codeOnItsWay(stage) {
  const { page, said } = stage;
  await account(stage);
  await page.getByLabel(said('account.newAddress')).fill(`home-${somebody()}`);
  await page.getByRole('button', { name: said('account.sendCode') }).click();
  await page.getByLabel(said('account.code'), { exact: true }).waitFor();
}

async function letters({ page, scene, said }) {
  await page.goto(at(scene, '/settings/mail'));
  await page.getByRole('heading', { name: said('letters.log') }).waitFor();
  await page.locator('.picture details').waitFor();
  const refused = page.getByText('550 5.1.1').last();
  await refused.waitFor();
  await refused.scrollIntoViewIfNeeded();
}

const doors = [
  { name: 'denied-invite-mailing', open: turnedAway },
  { name: 'code', open: codePage },
  {
    name: 'code-asked-for',
    async open(stage) {
      const { page, said } = stage;
      const { email } = await turnedAway(stage);
      await page.getByLabel(said('page.lobby.email')).fill(email);
      await page.getByRole('button', { name: said('page.denied.invited.code') }).click();
      await page.getByLabel(said('page.code.code')).waitFor();
    },
  },
  {
    name: 'code-wrong',
    async open(stage) {
      await codePage(stage);
      await stage.page.getByLabel(stage.said('page.code.code')).fill('0000 0000');
      await stage.page.getByRole('button', { name: stage.said('page.lobby.go') }).click();
      await stage.page.getByText(stage.said('page.error.code_did_not_open')).waitFor();
    },
  },
  { name: 'lobby-asks-owner', open: asksOwner },
  {
    name: 'lobby-waits-for-owner',
    async open(stage) {
      await asksOwner(stage);
      await stage.page.getByRole('button', { name: stage.said('page.denied.invited.ask') }).click();
      await stage.page.getByText(stage.said('page.waiting.reference')).waitFor();
    },
  },
].map((state) => ({ route: '/i/{token}', as: 'stranger', ...state }));

const invites = [
  { name: 'list', open: (stage) => sheetOf(stage, 'trip', 'share.invites', 'invites.listTitle') },
  { name: 'form', open: form },
  { name: 'made-sent', open: (stage) => made(stage, 'accept', 'invites.mailedTo'), tidy },
  { name: 'made-failed', open: (stage) => made(stage, 'refuse', 'invites.mailCause.no_such_address'), tidy },
  { name: 'made-on-its-way', open: (stage) => made(stage, 'later', 'invites.mailWaits'), tidy },
  {
    name: 'many-made',
    async open(stage) {
      const { said } = stage;
      const sheet = await sheetOf(stage, 'choir', 'invites.title', 'invites.title');
      await sheet.getByRole('button', { name: said('invites.severalAtOnce') }).click();
      await sheet.getByLabel(said('invites.sheet')).fill(`${somebody()}, Ruth, Adler\n${somebody()}, Omer, Tal`);
      await sheet.getByRole('button', { name: said('invites.check') }).click();
      await sheet.getByRole('button', { name: said('invites.makeAll', { n: 2 }) }).click();
      await sheet.getByRole('button', { name: said('invites.download') }).waitFor();
    },
  },
].map(({ name, ...state }) => ({ name: `invites-mailed-${name}`, route: '/media/{item}', dialog: 'InvitesDialog', as: 'sender', ...state }));

/** @type {import('../list.mjs').State[]} */
export const mailed = [
  ...doors,
  ...invites,
  { name: 'account-new-address', route: '/account', as: 'stranger', open: account },
  { name: 'account-code', route: '/account', as: 'stranger', open: codeOnItsWay },
  {
    name: 'account-code-wrong', route: '/account', as: 'stranger',
    async open(stage) {
      await codeOnItsWay(stage);
      await stage.page.getByLabel(stage.said('account.code'), { exact: true }).fill('00000000');
      await stage.page.getByRole('button', { name: stage.said('account.codeConfirm') }).click();
      await stage.page.locator('[aria-invalid=true]').waitFor();
    },
  },
  {
    name: 'account-refusals-mail', route: '/account', as: 'stranger',
    async open(stage) {
      await account(stage);
      const box = stage.page.getByRole('switch', { name: stage.said('account.refusals') });
      await box.click();
      await stage.page.getByRole('switch', { name: stage.said('account.refusals'), checked: true }).waitFor();
      await box.scrollIntoViewIfNeeded();
    },
  },
  { name: 'mail-log', route: '/settings/mail', as: 'sender', open: letters },
  {
    name: 'mail-test-sent', route: '/settings/mail', as: 'sender',
    async open(stage) {
      await letters(stage);
      await stage.page.getByRole('button', { name: stage.said('letters.test') }).click();
      await stage.page.getByText(stage.said('letters.tried.sent')).first().waitFor();
    },
  },
];
