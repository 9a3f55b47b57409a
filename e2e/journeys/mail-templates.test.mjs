// An administrator edits a mail: a mistake is told where it is made, the preview runs and fetches nothing, a test
// comes back with the mail server's answer, and the default is one press away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { House } from '../harness/house.mjs';
import { Post } from '../harness/smtp.mjs';

const post = await Post.forThisFile();
const house = House.forThisFile(undefined, { settings: post.settings });

/** The settings of the site's mail, with an administrator in front of them. */
async function openMail(t) {
  const administrator = await house.server.member('ada@example.org', 'Ada Stone', 'site_administrator');
  const visitor = await house.visitor(t);
  await visitor.context.addCookies(administrator.cookies());
  const page = await visitor.newPage();
  await page.goto('/settings/mail');
  await page.getByRole('heading', { name: 'Mail', exact: true }).waitFor();
  return page;
}

test('a template is edited, previewed, tried out and reset', async (t) => {
  const page = await openMail(t);
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  const subject = page.getByLabel('Subject', { exact: true });
  await subject.fill('Hello {{frist_name}}');
  await page.getByText(/Line 1: there is no token .*frist_name.* in this mail/).waitFor();
  assert.equal(await subject.getAttribute('aria-invalid'), 'true');

  await subject.fill('Hello ');
  await subject.press('End');
  await page.getByRole('group', { name: 'Tokens for: Subject' }).getByRole('button', { name: 'Insert first_name' }).click();
  assert.equal(await subject.inputValue(), 'Hello {{first_name}}');
  await page.getByText('Hello Dana', { exact: true }).waitFor();

  const hostile = '<p style="color: rgb(1, 2, 3)">Dear {{first_name}}</p><img src="/healthz?leak"><script>top.leaked = 1</script>'
    + '<p onclick="top.leaked = 1" style="background: url(/healthz?leak)">press</p>';
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByLabel('HTML', { exact: true }).fill(hostile);
  const letter = page.frameLocator('iframe');
  const dear = letter.getByText('Dear Dana');
  await dear.waitFor();
  assert.equal(await dear.evaluate((element) => getComputedStyle(element).color), 'rgb(1, 2, 3)');
  await letter.getByText('press').click();
  assert.equal(await page.evaluate(() => globalThis.leaked), undefined);
  assert.deepEqual(asked.filter((url) => url.includes('leak')), []);

  await page.getByRole('button', { name: 'Send a test to me' }).click();
  const arrived = await post.next();
  assert.deepEqual([arrived.to, arrived.headers.subject], [['ada@example.org'], 'Hello Dana']);
  await page.getByText('The mail server took the test mail.').first().waitFor();
  await page.getByText('250 2.0.0 Taken as 1').first().waitFor();

  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Mail template saved').first().waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Test', exact: true }).click();
  await page.getByText(/^Your own text, saved/).waitFor();
  await page.getByRole('button', { name: 'Back to the default' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Back to the default' }).click();
  await page.getByText('The text that comes with Anteroom.').first().waitFor();
  assert.doesNotMatch(await page.getByLabel('HTML', { exact: true }).inputValue(), /press/);
});
