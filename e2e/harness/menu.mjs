/** Opens the menu of a button and chooses from it. */
export async function chooseFromMenu(page, button, entry) {
  await page.getByRole('button', { name: button }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}
