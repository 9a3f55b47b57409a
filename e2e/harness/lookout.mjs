// When something appears on a page, or goes: seen by the page itself and by the machine's clock, because a busy test
// hears of it late.

/**
 * From now on the page looks out for words, or for a control of that name.
 * @param {{ gone?: boolean }} [how] for its going instead
 * @returns {Promise<(withinMs?: number) => Promise<number>>} waits for it, and tells when it was, in ms since the epoch
 */
export async function lookOut(page, words, { gone = false } = {}) {
  const key = `${gone ? 'without' : 'with'} ${words} ${Math.random()}`;
  await page.evaluate(([key, words, gone]) => {
    globalThis.lookedOut ??= {};
    const isThere = () => document.querySelector(`[aria-label="${CSS.escape(words)}"]`) !== null || document.body.innerText.includes(words);
    const look = () => {
      if (isThere() === gone) return;
      globalThis.lookedOut[key] = Date.now();
      observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
    look();
  }, [key, words, gone]);
  return async (withinMs = 30_000) => {
    const seen = await page.waitForFunction((key) => globalThis.lookedOut[key], key, { timeout: withinMs, polling: 100 });
    return seen.jsonValue();
  };
}
