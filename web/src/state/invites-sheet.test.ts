import { expect, it } from 'vitest';
import { csvOf, rowTexts, withoutPlaces } from './invites-sheet.ts';

const withoutRows = (text: string, rows: number[]) => withoutPlaces(text, rows.map((row) => ({ row })));

it('leaves rows out without moving the others', () => {
  const sheet = 'a@x.org,A,A\nbad,B,B\n\nc@x.org,C,C';
  expect(withoutRows(sheet, [2])).toBe('a@x.org,A,A\n\n\nc@x.org,C,C');
  expect(withoutRows('one\r\ntwo\r\nthree', [1, 3])).toBe('\r\ntwo\r\n');
});

it('leaves one person out of a row of several', () => {
  const sheet = 'Anna <a@x.org>; Ben Katz; c@x.org\nd@x.org,D,D';
  expect(withoutPlaces(sheet, [{ row: 1, part: 'Ben Katz' }])).toBe('Anna <a@x.org>; ; c@x.org\nd@x.org,D,D');
  expect(withoutPlaces(sheet, [{ row: 1, part: 'Ben Katz' }, { row: 1, part: 'c@x.org' }, { row: 2 }])).toBe('Anna <a@x.org>; ; \n');
});

it('takes a quoted cell with line breaks as one row, named by its first line', () => {
  const sheet = 'a@x.org,"A\nA",A\nbad,"B ""b""",B\nc@x.org,C,C';
  expect(withoutRows(sheet, [1])).toBe('\n\nbad,"B ""b""",B\nc@x.org,C,C');
  expect(withoutRows(sheet, [3])).toBe('a@x.org,"A\nA",A\n\nc@x.org,C,C');
  expect(rowTexts(sheet, [3, 4])).toEqual(new Map([[3, 'bad,"B ""b""",B'], [4, 'c@x.org,C,C']]));
});

it('cuts long rows short', () => {
  expect(rowTexts('x'.repeat(200), [1], 5).get(1)).toBe('xxxxx…');
});

it('writes a table that opens in a spreadsheet and holds no formula', () => {
  expect(csvOf(['E-mail', 'Name'], [['a@x.org', 'Klein, "Anna"'], ['b@x.org', '=1+1']])).toBe(
    '\ufeffE-mail,Name\r\na@x.org,"Klein, ""Anna"""\r\nb@x.org,\'=1+1\r\n',
  );
});

it('is quick with ten thousand rows', () => {
  const sheet = Array.from({ length: 10_000 }, (_, row) => `person${row}@example.org,First${row},Last${row}`).join('\n');
  const began = performance.now();
  const left = withoutRows(sheet, Array.from({ length: 5000 }, (_, row) => row * 2 + 1));
  expect(performance.now() - began).toBeLessThan(2000);
  expect(left.split('\n').filter(Boolean)).toHaveLength(5000);
});
