// An administrator imports a class: a bad row is told and mended, and a new member comes by the link of their row.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';

let administrator;
const house = House.forThisFile(async ({ server }) => {
  administrator = await server.member('ada@example.org', 'Ada Admin', 'site_administrator');
  await administrator.do('POST', '/api/groups', { name: 'Year 9' });
});

async function membersPage(t) {
  const visitor = await house.visitor(t);
  await visitor.context.addCookies(administrator.cookies());
  const page = await visitor.newPage();
  await page.goto('/members');
  await page.getByRole('button', { name: 'Import' }).click();
  return { page, dialog: page.getByRole('dialog', { name: 'Import members' }) };
}

const total = async () => (await administrator.do('GET', '/api/members')).body.total;

test('three rows, one of them bad, then mended; a new member opens the link and signs in', async (t) => {
  const { page, dialog } = await membersPage(t);
  const before = await total();
  const sheet = (email) => `email;first;last;role;groups\r\nnoa@class.example;Noa;Bar;private_only;year 9\r\n${email};Ben;Katz;;\r\ndana@example.org;Dana;Levi;;\r\n`;
  await dialog.getByLabel('People').fill(sheet('ben at class.example'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('1 row is wrong.').waitFor();
  const bad = dialog.getByRole('region', { name: 'Rows that are wrong' }).getByRole('row').nth(1);
  assert.match(await bad.innerText(), /^3\s+E-mail\s+This is not an e-mail address\./);
  await dialog.getByText("1 row is left as it is: that address is a member's already.").waitFor();
  assert.equal(await total(), before, 'a look changes nothing');

  await dialog.getByLabel('People').fill(sheet('ben@class.example'));
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('2 people would become members.').waitFor();
  const preview = await dialog.getByRole('region', { name: 'First rows that would become members' }).innerText();
  assert.match(preview, /Noa Bar[\s\S]+Private only[\s\S]+Year 9/);
  await dialog.getByRole('button', { name: 'Make 2 members' }).click();
  await dialog.getByText('2 people are members now.').waitFor();
  assert.equal(await total(), before + 2);
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Download as CSV' }).click();
  const rows = (await readFile(await (await download).path(), 'utf8')).trim().split('\r\n').map((row) => row.split(','));
  assert.deepEqual(rows.slice(1).map(([email, name]) => [email, name]), [['noa@class.example', 'Noa Bar'], ['ben@class.example', 'Ben Katz']]);
  await dialog.getByRole('button', { name: 'Done' }).click();

  // The list tells who has not come yet, and narrows down to them.
  await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Invited' });
  await page.getByRole('status').filter({ hasText: '2 members' }).waitFor();
  await page.getByRole('combobox', { name: 'Site role' }).selectOption({ label: 'Private only' });
  await page.getByRole('status').filter({ hasText: '1 member' }).waitFor();
  await page.getByText('noa@class.example').waitFor();

  const noa = await house.page(t);
  await noa.goto(rows[1][2]);
  await noa.getByRole('heading', { name: 'Welcome, Noa Bar' }).waitFor();
  await noa.getByLabel('Password').fill('a horse of another colour');
  await noa.getByRole('button', { name: 'Save and sign in' }).click();
  await noa.waitForURL('**/');
  const me = await noa.evaluate(async () => (await fetch('/api/me')).json());
  assert.deepEqual([me.email, me.role], ['noa@class.example', 'private_only']);
  const { members } = (await administrator.do('GET', '/api/members?q=noa@class')).body;
  assert.deepEqual([members[0].state, members[0].groups.map(({ name }) => name)], ['active', ['Year 9']]);
});

test('bad rows of a dropped file are left out by a press', async (t) => {
  const { dialog } = await membersPage(t);
  const text = 'zed@class.example,Zed,Bar\nnobody,No,Body\nkim@class.example,=Kim,Bar\n';
  await dialog.locator('form').evaluate((form, content) => {
    const dropped = new DataTransfer();
    dropped.items.add(new File([content], 'class.csv', { type: 'text/csv' }));
    form.dispatchEvent(new DragEvent('drop', { dataTransfer: dropped, bubbles: true, cancelable: true }));
  }, text);
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByRole('button', { name: 'Leave these 2 rows out' }).click();
  await dialog.getByRole('button', { name: 'Make 1 member' }).click();
  await dialog.getByText('1 person is a member now.').waitFor();
});

test('of a list that a mail program wrote, a name that is missing is typed in before anything is made', async (t) => {
  const { dialog } = await membersPage(t);
  const before = await total();
  await dialog.getByLabel('People').fill('"Levi, Anna" <anna.l@class.example>; ben.k@class.example');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('1 person has no whole name yet.').waitFor();
  await dialog.getByLabel('First name of ben.k@class.example').fill('Ben');
  await dialog.getByLabel('Last name of ben.k@class.example').fill('Katz');
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('2 people would become members.').waitFor();
  assert.equal(await total(), before, 'a look changes nothing');
  await dialog.getByRole('button', { name: 'Make 2 members' }).click();
  await dialog.getByText('2 people are members now.').waitFor();
  const { members } = (await administrator.do('GET', '/api/members?q=class.example')).body;
  const names = Object.fromEntries(members.map(({ email, name }) => [email, name]));
  assert.deepEqual([names['anna.l@class.example'], names['ben.k@class.example']], ['Anna Levi', 'Ben Katz']);
  const ben = members.find(({ email }) => email === 'ben.k@class.example');
  const { addresses } = (await administrator.do('GET', `/api/members/${ben.id}`)).body;
  assert.equal(addresses[0].verified_by, 'administrator', 'these addresses are right');
});

test('what a head says is told, whichever program wrote it and in whichever letters', async (t) => {
  const { dialog } = await membersPage(t);
  const text = '\ufeffsep=;\r\nE-Mail;Vorname;Nachname;Telefon\r\nzoe@class.example;Zoë;Weiß;1\r\n';
  const utf16 = Buffer.from(text, 'utf16le');
  const chooser = dialog.page().waitForEvent('filechooser');
  await dialog.getByRole('button', { name: 'Choose a CSV file' }).click();
  await (await chooser).setFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: utf16 });
  await dialog.getByRole('button', { name: 'Check' }).click();
  await dialog.getByText('1 person would become a member.').waitFor();
  await dialog.getByText('Columns found: E-Mail (E-mail), Vorname (First name), Nachname (Last name)').waitFor();
  await dialog.getByText('Not used: Telefon').waitFor();
  await dialog.getByText('Zoë Weiß').waitFor();
});
