// The text of a file of people, whichever program wrote it. Pure.

/** Bytes of the head that tell how the rest is written. */
const LOOKED_AT = 200;

/**
 * What stands in the file; null when it is no text. Excel writes UTF-16 for "Unicode text", and the code page of its
 * country for plain CSV: such letters are read as the language of the page has them, and the dry run shows them.
 */
export function sheetText(bytes: Uint8Array, language: string): string | null {
  const text = decoded(bytes, language);
  return text === null || text.includes('\0') || text.includes('\ufffd') ? null : text;
}

function decoded(bytes: Uint8Array, language: string): string | null {
  const wide = wideForm(bytes);
  if (wide) return new TextDecoder(wide).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // What is no text at all has zeros in it in any code page.
    return bytes.includes(0) ? null : new TextDecoder(language === 'he' ? 'windows-1255' : 'windows-1252').decode(bytes);
  }
}

/** UTF-16 by its mark, or by the zeros that stand beside each plain letter. */
function wideForm(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const zeros = [0, 0];
  const head = bytes.subarray(0, LOOKED_AT);
  head.forEach((byte, at) => {
    if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  });
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 4;
  if (odd > many && even === 0) return 'utf-16le';
  return even > many && odd === 0 ? 'utf-16be' : null;
}
