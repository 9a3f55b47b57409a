import type { FirstData } from './types.ts';

/** What the server wrote into the document, or null when it wrote nothing (the development server). */
export function firstData(): FirstData | null {
  const block = document.getElementById('first-data');
  return block?.textContent ? (JSON.parse(block.textContent) as FirstData | null) : null;
}
