// The qualities of one medium: their names, their order, and with which one to begin.

export interface Rendition {
  /** The engine's own number. */
  index: number;
  width: number;
  height: number;
  bitsPerSecond: number;
}

export interface NamedRendition extends Rendition {
  name: string;
}

/** Below this a face cannot be read; it is kept for bad networks, not for beginnings. */
const SENSIBLE_LINES = 240;

/** Best first. Two of the same size are told apart by their bit rate. */
export function named(renditions: Rendition[]): NamedRendition[] {
  const sizes = renditions.map(sizeName);
  return renditions
    .map((rendition, at) => {
      const size = sizes[at] ?? '';
      const isAlone = size !== '' && sizes.indexOf(size) === sizes.lastIndexOf(size);
      return { ...rendition, name: isAlone ? size : [size, rateName(rendition)].filter(Boolean).join(' ') };
    })
    .sort((a, b) => lines(b) - lines(a) || b.bitsPerSecond - a.bitsPerSecond);
}

/** The lightest one that is worth looking at: the first picture comes fast, the engine climbs from there. */
export function startRendition(renditions: Rendition[]): number {
  const lightestFirst = [...renditions].sort((a, b) => a.bitsPerSecond - b.bitsPerSecond);
  const start = lightestFirst.find((rendition) => lines(rendition) >= SENSIBLE_LINES) ?? lightestFirst[0];
  return start?.index ?? -1;
}

/** A picture's quality is named by its short side, however the phone was held. */
function lines({ width, height }: Rendition): number {
  return Math.min(width, height) || 0;
}

function sizeName(rendition: Rendition): string {
  return lines(rendition) > 0 ? `${lines(rendition)}p` : '';
}

function rateName({ bitsPerSecond }: Rendition): string {
  return bitsPerSecond >= 1_000_000
    ? `${(bitsPerSecond / 1_000_000).toFixed(1)} Mb/s`
    : `${Math.round(bitsPerSecond / 1000)} kb/s`;
}
