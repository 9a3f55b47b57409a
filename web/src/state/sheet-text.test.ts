import { describe, expect, it } from 'vitest';
import { sheetText } from './sheet-text.ts';

const text = 'E-Mail;Vorname\r\nanna@x.example;Zoë\r\n';
const utf16 = (written: string, little: boolean) =>
  Uint8Array.from([...written].flatMap((letter) => {
    const code = letter.charCodeAt(0);
    const pair = [code & 0xff, code >> 8];
    return little ? pair : pair.reverse();
  }));

describe('a file of people', () => {
  it.each([
    ['UTF-8', new TextEncoder().encode(text)],
    ['UTF-8 with a mark', new TextEncoder().encode(`\ufeff${text}`)],
    ['UTF-16 as Excel writes it', utf16(`\ufeff${text}`, true)],
    ['UTF-16, high bytes first', utf16(`\ufeff${text}`, false)],
    ['UTF-16 without a mark', utf16(text, true)],
    ['the code page of western Windows', Uint8Array.from([...text].map((letter) => letter.charCodeAt(0)))],
  ])('is read from %s', (_, bytes) => expect(sheetText(bytes, 'en')?.replace('\ufeff', '')).toBe(text));

  it('is read from the Hebrew code page where the page is Hebrew', () =>
    expect(sheetText(Uint8Array.from([0xe0, 0xf0, 0xe4]), 'he')).toBe('אנה'));

  it('is none when it is no text', () => {
    expect(sheetText(Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0, 0xff, 0]), 'en')).toBeNull();
    expect(sheetText(Uint8Array.from([0, 0]), 'en')).toBeNull();
  });
});
