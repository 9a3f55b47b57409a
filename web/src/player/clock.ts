// Positions and lengths: as figures beside the time line and in words for those who hear the page.

/** "1:02:09", "0:05" */
export function clock(seconds: number): string {
  const whole = wholeSeconds(seconds);
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** "1 minute 5 seconds" in the given language; parts that are nothing are left out. */
export function inWords(seconds: number, language: string): string {
  const whole = wholeSeconds(seconds);
  const parts: [number, string][] = [
    [Math.floor(whole / 3600), 'hour'],
    [Math.floor(whole / 60) % 60, 'minute'],
    [whole % 60, 'second'],
  ];
  const said = parts.filter(([count, unit]) => count > 0 || (unit === 'second' && whole === 0));
  return new Intl.ListFormat(language, { type: 'unit', style: 'long' }).format(
    said.map(([count, unit]) =>
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
    ),
  );
}

function wholeSeconds(seconds: number): number {
  return Number.isFinite(seconds) ? Math.max(0, Math.floor(seconds)) : 0;
}
