// What invited people do at their door, and what their owner does about it.

/** Invites somebody. @returns {Promise<{ id: string, url: string }>} */
export async function invite(owner, item, email, more = {}) {
  const person = { email, first_name: 'Anna', last_name: 'Klein', role: 'viewer' };
  const { body } = await owner.do('POST', `/api/items/${item}/invites`, { ...person, ...more });
  return { id: body.invite.id, url: body.url };
}

/** Takes an invite back. */
export async function revoke(owner, item, { id }, closing = 'finish') {
  return (await owner.do('DELETE', `/api/items/${item}/invites/${id}?closing=${closing}`)).body;
}

/** Lets a device in that waits and says these letters. */
export async function allow(owner, item, { id }, reference) {
  await owner.do('POST', `/api/items/${item}/invites/${id}/devices`, { move: reference });
}

/** Types an address into the lobby that is open. */
export async function typeAddress(page, email) {
  await page.getByLabel('The e-mail address the invite was sent to').fill(email);
  await page.getByRole('button', { name: 'Go in' }).click();
}

/** Opens an invite and goes in. */
export async function goIn(page, { url }, email) {
  await page.goto(url);
  await typeAddress(page, email);
  await page.waitForURL(/\/media\//);
}

/** The letters that a waiting device shows. */
export async function lettersOf(page) {
  return (await page.locator('.reference .code').textContent()).trim();
}
