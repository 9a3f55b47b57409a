// What the page behind the door will need first, fetched while somebody types: the app's and the player's own files,
// nothing of the item. One after the other, so that what has begun is whole when the button is pressed.

export function fetchAhead(): void {
  const list = document.querySelector<HTMLMetaElement>('meta[name=ahead]')?.content.split(' ').filter(Boolean) ?? [];
  const { connection } = navigator as Navigator & { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const begin = () => void oneByOne(list);
  if (document.readyState === 'complete') begin();
  else window.addEventListener('load', begin, { once: true });
}

async function oneByOne(list: string[]): Promise<void> {
  for (const file of list) {
    try {
      // Goes on when the page is left in its middle; who asks for the file then is given the same answer.
      const answer = await fetch(file, { priority: 'low', keepalive: true });
      await answer.arrayBuffer();
    } catch {
      return; // The page behind asks once more, and says what is wrong.
    }
  }
}
