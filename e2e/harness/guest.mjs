// What guests do at their door.

/** Types name and e-mail into the entry page that is open and presses the button. */
export async function enter(page, name = 'Anna K.', email = 'anna@example.org', { shared = false, button = 'Watch' } = {}) {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('E-mail').fill(email);
  if (shared) await page.getByLabel('This is a shared computer').check();
  await page.getByRole('button', { name: button }).click();
  await isInside(page);
}

/** Waits until the item's page stands: what it loads is there, and whatever happens next does not cut that off. */
export async function isInside(page) {
  await page.waitForURL(/\/media\//);
  await page.getByText('You are here as').waitFor();
}

/** Opens the link and enters. */
export async function enterBy(page, url, name, email, how) {
  await page.goto(url);
  await enter(page, name, email, how);
}

/** @returns {Promise<boolean>} whether the denied page of a door is shown */
export async function isDenied(page) {
  return (await page.locator('body').getAttribute('data-page')) === 'denied';
}
