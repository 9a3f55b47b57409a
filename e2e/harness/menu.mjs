// Menus close when the page scrolls, so the page is brought to rest before one is opened.

/** Opens the menu of a button and chooses from it. */
export async function chooseFromMenu(page, button, entry) {
  const opener = page.getByRole('button', { name: button });
  await opener.scrollIntoViewIfNeeded();
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await opener.click();
  await page.getByRole('menuitem', { name: entry }).click();
}
