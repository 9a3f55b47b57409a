// Parts of the app that are loaded when they are needed. The server may be starting anew or the network gone for a
// moment, so a part is asked for again before it is given up. Browsers that remember a failed part (they may) give up
// at once; then only loading the page again helps.

const waitsMs = [300, 1000, 3000];

/** What `load` brings. @throws the last failure, when none of the tries brought it. */
export async function late<T>(load: () => Promise<T>, waits: readonly number[] = waitsMs): Promise<T> {
  for (const wait of waits) {
    try {
      return await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  return load();
}
