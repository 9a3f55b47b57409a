// The create and edit forms of a guest link: what was typed, what is wrong with it, and what the
// link will do. Pure; words are found by the page.

export const nameLimit = 80;
export const clicksLimit = 1_000_000;
export const daysLimit = 3650;
const dayMs = 86_400_000;

/** As typed. Empty clicks: no limit. Empty days: no end. */
export interface LinkForm {
  name: string;
  clicks: string;
  days: string;
}

export type FormErrors = Partial<Record<keyof LinkForm, string>>;

/** What a link will do, said before it is made. null: without limit, without end. */
export interface Promised {
  people: number | null;
  endMs: number | null;
}

export function promised(form: LinkForm, nowMs: number): Promised {
  const clicks = wholeNumber(form.clicks);
  const days = wholeNumber(form.days);
  return {
    people: clicks !== null && clicks >= 1 && clicks <= clicksLimit ? clicks : null,
    endMs: days !== null && days >= 1 && days <= daysLimit ? nowMs + days * dayMs : null,
  };
}

/** Error codes per field; `uses` is the floor below which clicks may not go. */
export function errorsOf(form: LinkForm, uses = 0): FormErrors {
  const errors: FormErrors = {};
  const length = [...form.name.trim().normalize('NFC')].length;
  if (length === 0) errors.name = 'name_required';
  else if (length > nameLimit) errors.name = 'name_too_long';
  const clicks = wholeNumber(form.clicks);
  if (form.clicks.trim() !== '') {
    if (clicks === null || clicks < 1 || clicks > clicksLimit) errors.clicks = 'uses_range';
    else if (clicks < uses) errors.clicks = 'clicks_below_uses';
  }
  const days = wholeNumber(form.days);
  if (form.days.trim() !== '' && (days === null || days < 1 || days > daysLimit)) errors.days = 'days_range';
  return errors;
}

/** The new end when an end is extended: from now for links that are over, else from the old end. */
export function extendedEnd(endMs: number | null | undefined, days: string, nowMs: number): number | null {
  const more = wholeNumber(days);
  if (more === null || more < 1 || more > daysLimit) return null;
  return Math.max(nowMs, endMs ?? nowMs) + more * dayMs;
}

export function wholeNumber(typed: string): number | null {
  const text = typed.trim();
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
