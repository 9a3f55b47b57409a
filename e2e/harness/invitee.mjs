// What invited people do at their door, and what their owner does about it.
import { isInside } from './guest.mjs';

/** Invites somebody. @returns {Promise<{ id: string, url: string }>} */
export async function invite(owner, item, email, more = {}) {
  const person = { email, first_name: 'Anna', last_name: 'Klein', role: 'viewer' };
  const { body } = await owner.do('POST', `/api/items/${item}/invites`, { ...person, ...more });
  return { id: body.invite.id, url: body.url };
}

/** An invite as its owner is shown it. */
export async function listed(owner, item, { id }) {
  const { body } = await owner.do('GET', `/api/items/${item}/invites`);
  return body.invites.find((shown) => shown.id === id);
}

/** How many devices were bound by it. */
export async function usesOf(owner, item, invited) {
  return (await listed(owner, item, invited)).uses;
}

/** Takes an invite back. @param {'finish' | 'now' | `until&until_ms=${number}`} [closing] */
export async function revoke(owner, item, { id }, closing = 'finish') {
  return (await owner.do('DELETE', `/api/items/${item}/invites/${id}?closing=${closing}`)).body;
}

/** An administrator vouches for the address that a member signs in with. */
export async function vouch(administrator, { email }) {
  const { members } = (await administrator.do('GET', `/api/members?q=${encodeURIComponent(email)}`)).body;
  const { id } = members.find((member) => member.email === email);
  await administrator.do('PUT', `/api/members/${id}/addresses/${encodeURIComponent(email)}`, { verified: true });
}

/** The lobby's one field. */
export function lobbyField(page) {
  return page.getByLabel('Your e-mail');
}

/** Types an address into the lobby that is open. */
export async function typeAddress(page, email) {
  await lobbyField(page).fill(email);
  await page.getByRole('button', { name: 'Go in' }).click();
}

/** Types a mailed code into its page, and waits for the page that answers. */
export async function typeCode(page, code) {
  await page.getByLabel('Code of eight digits').fill(code);
  await Promise.all([page.waitForEvent('domcontentloaded'), page.getByRole('button', { name: 'Go in' }).click()]);
}

/** Opens an invite and goes in. */
export async function goIn(page, { url }, email) {
  await page.goto(url);
  await typeAddress(page, email);
  await isInside(page);
}

/** The letters that a waiting device shows. */
export async function lettersOf(page) {
  return (await page.locator('.reference .code').textContent()).trim();
}
