// A code mailed to the invited address, typed in the browser: it takes the seat back from another device, and it is
// good in the browser that asked alone. A real SMTP server takes the mail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDenied, isInside } from '../harness/guest.mjs';
import { House } from '../harness/house.mjs';
import { goIn, invite, lobbyField, typeAddress, typeCode, usesOf } from '../harness/invitee.mjs';
import { Post, another } from '../harness/smtp.mjs';
import { watchFrames } from '../harness/watching.mjs';

const ANNA = 'anna@example.org';
const post = await Post.forThisFile();
const house = House.forThisFile(undefined, { settings: post.settings });

/** Refused after the address: the page that offers a code. */
async function refused(page, { url }) {
  await page.goto(url);
  await typeAddress(page, ANNA);
  await page.locator('body[data-page=denied]').waitFor();
}

async function askForCode(page, email) {
  await lobbyField(page).fill(email);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await page.getByRole('heading', { name: 'Type the code' }).waitFor();
}

test('a mailed code takes the seat to the device that asked, without a use', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second, stranger] = [await house.page(t), await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await watchFrames(first, 6);

  // Whoever does not know the address is answered alike, and no mail goes out.
  await refused(stranger, invited);
  await askForCode(stranger, 'ben@example.org');
  await refused(second, invited);
  // With the marks that come along when an address is copied.
  await askForCode(second, `\u2068${ANNA}\u2069`);
  const { code, to } = await post.next();
  assert.deepEqual(to, [ANNA]);

  await typeCode(second, another(code));
  await second.getByRole('alert').filter({ hasText: 'That code did not open this invite.' }).waitFor();
  // A right code in another browser is none.
  await typeCode(stranger, code);
  await stranger.getByRole('alert').filter({ hasText: 'That code did not open this invite.' }).waitFor();
  await watchFrames(first, 6);

  await typeCode(second, code);
  await isInside(second);
  await first.getByText('It was moved to another device, and goes on there.').waitFor();
  await watchFrames(second, 6);
  assert.equal(await usesOf(house.owner, item, invited), 1);

  // The owner is told by which proof somebody came, and that a code has taken the seat back.
  const { body } = await house.owner.do('GET', `/api/items/${item}/activity`);
  const told = body.entries.filter(({ what }) => /^invite_(entered|taken_back)$/.test(what)).map(({ what, detail }) => `${what} ${detail}`.trim());
  assert.deepEqual(told.sort(), ['invite_entered address', 'invite_entered code', 'invite_taken_back']);
});

test('after five wrong codes the right one is none either, and a new one opens', async (t) => {
  const item = await house.readyItem('long.mp4');
  const invited = await invite(house.owner, item, ANNA, { max_uses: 1 });
  const [first, second] = [await house.page(t), await house.page(t)];
  await goIn(first, invited, ANNA);
  await refused(second, invited);
  await askForCode(second, ANNA);
  const { code } = await post.next();
  for (let i = 0; i < 5; i += 1) {
    await typeCode(second, another(code));
    await second.getByRole('alert').waitFor();
  }
  await typeCode(second, code);
  await second.getByRole('alert').waitFor();
  assert.ok(!(await isDenied(second)), 'the page goes on asking for a code');
  await refused(second, invited);
  await askForCode(second, ANNA);
  await typeCode(second, (await post.next()).code);
  await isInside(second);
  await watchFrames(second, 6);
  assert.equal(await usesOf(house.owner, item, invited), 1);
});
