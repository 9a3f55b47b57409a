// A sheet of people: its text or file, what the server says would become of it, and what was made. The shown
// rows are capped, so a sheet of 10,000 does not hold the page up.
import { Refusal } from '../api/http.ts';
import type { BadRow, NameOf, SheetColumn, WaitingRow } from '../api/types.ts';
import { rowTexts, withoutPlaces } from './invites-sheet.ts';
import { sheetText } from './sheet-text.ts';

export const shownMost = 100;
/** The server takes no larger sheet. */
export const bytesMost = 1_500_000;

export interface ShownBadRow extends BadRow {
  text: string;
}

/** What every kind of sheet is answered with. */
export interface SheetAnswer {
  bad_rows: BadRow[];
  waiting_rows: WaitingRow[];
  columns: SheetColumn[];
  known_columns: string[];
}

export class SheetModel<Answer extends SheetAnswer> {
  text = $state.raw('');
  /** The file that `text` came from; a file is not shown for editing. */
  file = $state.raw<string | null>(null);
  fileError = $state<string | null>(null);
  /** What a dry run said of the text as it is. */
  checked = $state.raw<Answer | null>(null);
  made = $state.raw<Answer | null>(null);
  /** Names being typed for those who have none in the sheet, by address. */
  names = $state<Record<string, { first_name: string; last_name: string }>>({});
  busy = $state<'' | 'check' | 'make'>('');
  refusal = $state.raw<Refusal | null>(null);

  /** Row by row, each with what stands there. */
  get shownBad(): ShownBadRow[] {
    const bad = (this.checked?.bad_rows ?? []).slice(0, shownMost);
    const texts = rowTexts(this.text, bad.map(({ row }) => row));
    return bad.map((one) => ({ ...one, text: one.part ?? texts.get(one.row) ?? '' }));
  }

  get badRows(): number {
    return new Set(this.checked?.bad_rows.map(({ row, part }) => `${row} ${part ?? ''}`)).size;
  }

  get waiting(): WaitingRow[] {
    return this.checked?.waiting_rows ?? [];
  }

  write(text: string): void {
    this.text = text;
    this.forget();
  }

  async read(file: Pick<File, 'name' | 'size' | 'arrayBuffer'>, language: string): Promise<void> {
    this.fileError = null;
    if (file.size > bytesMost) {
      this.fileError = 'sheet_too_large';
      return;
    }
    try {
      const text = sheetText(new Uint8Array(await file.arrayBuffer()), language);
      if (text === null) {
        this.fileError = 'text_unreadable';
        return;
      }
      this.write(text);
      this.file = file.name;
    } catch {
      this.fileError = 'text_unreadable';
    }
  }

  dropFile(): void {
    this.file = null;
    this.fileError = null;
    this.write('');
  }

  /** What was said held for other text or other terms. */
  forget(): void {
    this.checked = null;
    this.refusal = null;
  }

  protected checkBy(ask: () => Promise<Answer>): Promise<boolean> {
    return this.act('check', async () => {
      const answer = await ask();
      // Fields that are there before they are shown, so that each is its own.
      for (const { email, first_name, last_name } of answer.waiting_rows) this.names[email] ??= { first_name, last_name };
      this.checked = answer;
    });
  }

  protected makeBy(ask: () => Promise<Answer>): Promise<boolean> {
    return this.act('make', async () => {
      this.made = await ask();
    });
  }

  protected emptyBad(): void {
    this.text = withoutPlaces(this.text, this.checked?.bad_rows ?? []);
  }

  protected emptyWaiting(): void {
    this.text = withoutPlaces(this.text, this.waiting);
  }

  /** The names that were typed, as the server takes them. */
  protected get typedNames(): NameOf[] {
    const typed = Object.entries(this.names).map(([email, name]) => ({ email, ...$state.snapshot(name) }));
    return typed.filter(({ first_name, last_name }) => first_name.trim() !== '' || last_name.trim() !== '');
  }

  private async act(what: 'check' | 'make', work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = what;
    this.refusal = null;
    try {
      await work();
      return true;
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      this.refusal = cause;
      const bad = cause.body.bad_rows;
      // Between the dry run and now the rules changed.
      if (bad && bad.length > 0 && this.checked) this.checked = { ...this.checked, bad_rows: bad };
      return false;
    } finally {
      this.busy = '';
    }
  }
}

/** Any of them, for what shows one. */
export type Sheet = SheetModel<SheetAnswer>;
