// What script adds to a door's form: faults shown beside the field before sending, one sending a press, and the word
// that somebody really looked at the page.
import { markEntered } from '../../src/state/just-entered';
import { fetchAhead } from './ahead';

const SEEN_AFTER_MS = 1000;

/** What is wrong with a typed text, as a code; null when nothing is. */
export type Rule = (typed: string) => string | null;

/** Enhances the page's form; each field by the rule that stands at its name. */
export function enhance(rules: Record<string, Rule>): void {
  const form = document.querySelector<HTMLFormElement>('form[data-pending]');
  if (!form) return;
  const fields = Object.entries(rules).map(([name, rule]) => field(form, name, rule));
  // From here on the words beside the field replace the browser's own bubbles.
  form.noValidate = true;
  checkBeforeSending(form, fields);
  beginInField(fields);
  fetchAhead();
  tellOpened(form);
}

/** Where a keyboard is at hand one types at once; on a phone the keys would cover half of the page. */
function beginInField(fields: Field[]): void {
  if (document.querySelector('[autofocus]') || document.activeElement !== document.body) return;
  if (!matchMedia('(hover: hover) and (pointer: fine)').matches) return;
  fields.find(({ input }) => input.value === '')?.input.focus({ preventScroll: true });
}

interface Field {
  input: HTMLInputElement;
  fault: () => string | null;
  show: (fault: string | null) => void;
}

function field(form: HTMLFormElement, name: string, rule: Rule): Field {
  const input = form.elements.namedItem(name) as HTMLInputElement;
  const words = document.getElementById(`${name}-error`) as HTMLElement;
  const shown: Field = {
    input,
    fault: () => rule(input.value),
    show(fault) {
      const key = fault?.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
      words.textContent = key ? (input.dataset[key] ?? '') : '';
      words.hidden = !fault;
      if (fault) input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    },
  };
  // Nobody is told off while typing: a fault appears on leaving a filled field, and goes as soon as it is mended.
  // Leaving it by pressing the button waits for the press: words that appear would move the button from under it.
  input.addEventListener('blur', () => {
    if (input.value !== '' && !form.querySelector('button:active')) shown.show(shown.fault());
  });
  input.addEventListener('input', () => {
    if (input.getAttribute('aria-invalid') === 'true' && !shown.fault()) shown.show(null);
  });
  return shown;
}

function checkBeforeSending(form: HTMLFormElement, fields: Field[]): void {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
  if (!button) return;
  const words = button.textContent;
  const setPending = (pending: boolean) => {
    // Not `disabled`: that would take the focus away from under a screen reader.
    button.setAttribute('aria-disabled', String(pending));
    button.textContent = pending ? (form.dataset['pending'] ?? words) : words;
  };
  form.addEventListener('submit', (event) => {
    if (button.getAttribute('aria-disabled') === 'true') return event.preventDefault();
    for (const each of fields) each.show(each.fault());
    const firstWrong = fields.find((each) => each.fault());
    if (firstWrong) {
      event.preventDefault();
      firstWrong.input.focus();
    } else {
      setPending(true);
      markEntered();
    }
  });
  // Coming back with the browser's own button restores the page as it was: ready to be sent again.
  window.addEventListener('pageshow', (event) => {
    if (event.persisted) setPending(false);
  });
}

/** Mail scanners and link previews load pages too; only one that is looked at for a second counts as opened. */
function tellOpened(form: HTMLFormElement): void {
  const address = new URL('opened', form.action);
  let timer = 0;
  const watch = () => {
    window.clearTimeout(timer);
    if (document.visibilityState !== 'visible') return;
    timer = window.setTimeout(() => {
      document.removeEventListener('visibilitychange', watch);
      void fetch(address, { method: 'POST', keepalive: true }).catch(() => undefined);
    }, SEEN_AFTER_MS);
  };
  document.addEventListener('visibilitychange', watch);
  watch();
}
