// Plain http on a name that is not localhost: browsers would drop the cookies, so the page says where to go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OTHER_NAME } from '../harness/browser.mjs';
import { House } from '../harness/house.mjs';

const house = House.forThisFile(undefined, { flags: OTHER_NAME });

test('the pages where cookies begin say that they need a secure connection', async (t) => {
  const origin = `http://example.test:${house.server.port}`;
  const visitor = await house.visitor(t);
  visitor.hosts.add(new URL(origin).host);
  const page = await visitor.newPage();
  for (const path of ['/g/58fprsrvsMPcP-RfmYGz9_GJyLM', '/sign-in']) {
    assert.equal((await page.goto(origin + path)).status(), 400);
    await page.getByRole('heading', { name: 'A secure connection is needed' }).waitFor();
    const link = page.getByRole('link', { name: 'Open securely' });
    assert.equal(await link.getAttribute('href'), `https://example.test${path}`);
  }
  assert.deepEqual(await visitor.context.cookies(), []);
});
