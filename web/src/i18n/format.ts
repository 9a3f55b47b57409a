// Instants, lengths and sizes as people read them. Instants are UTC milliseconds; what people see
// is in their own zone and carries its name.
import { language } from './language.svelte.ts';

/** The browser's own variant of the page's language, so that an English reader in Britain gets British dates. */
function locale(): string {
  const own = typeof navigator === 'undefined' ? [] : navigator.languages;
  return own.find((tag) => tag === language() || tag.startsWith(`${language()}-`)) ?? language();
}

/** "Sat, 5 Dec 2026, 10:12 (Israel Time)" */
export function exactTime(ms: number, timeZone?: string): string {
  const day = new Intl.DateTimeFormat(locale(), {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
  });
  const zone = new Intl.DateTimeFormat(locale(), { timeZoneName: 'longGeneric', timeZone })
    .formatToParts(ms)
    .find((part) => part.type === 'timeZoneName');
  return zone ? `${day.format(ms)} (${zone.value})` : day.format(ms);
}

/** "5 Dec 2026" */
export function day(ms: number): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'short', year: 'numeric' }).format(ms);
}

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000_000],
  ['month', 2_592_000_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** "3 days ago", "in 2 hours", or none of it: less than a minute. What is to come is rounded: a day less a second is a day. */
export function relativeTime(ms: number, now: number): string | null {
  const words = new Intl.RelativeTimeFormat(language(), { numeric: ms > now ? 'always' : 'auto' });
  for (const [at, [unit, size]] of steps.entries()) {
    const slack = ms > now ? (steps[at + 1]?.[1] ?? 0) / 2 : 0;
    const whole = Math.trunc((Math.abs(ms - now) + slack) / size);
    if (whole === 0) continue;
    // Hebrew's data writes duals with their figure again: "two hours (2)".
    return words.format(ms > now ? whole : -whole, unit).replace(/ \(\d+\)/, '');
  }
  return null;
}

/** "1:02:09", as on a player; never mirrored. */
export function clockLength(ms: number): string {
  const total = Math.max(0, Math.round(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "about 3 minutes", rounded so that it does not flicker. */
export function roughLength(seconds: number): string {
  const [value, unit] =
    seconds >= 5400
      ? [Math.round(seconds / 3600), 'hour']
      : seconds >= 90
        ? [Math.round(seconds / 60), 'minute']
        : [Math.max(5, Math.ceil(seconds / 5) * 5), 'second'];
  return new Intl.NumberFormat(language(), { style: 'unit', unit: unit as string, unitDisplay: 'long' }).format(
    value as number,
  );
}

const sizes = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** "1.4 GB" */
export function byteSize(bytes: number): string {
  const step = Math.min(sizes.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return new Intl.NumberFormat(language(), {
    style: 'unit',
    unit: sizes[step],
    unitDisplay: 'short',
    maximumFractionDigits: step < 2 ? 0 : 1,
  }).format(bytes / 1000 ** step);
}

export function percent(value: number): string {
  return new Intl.NumberFormat(language(), { style: 'percent' }).format(value / 100);
}
