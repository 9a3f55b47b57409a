// What the tray as a whole comes to, in its head and on its button.
import { percent, t } from '../../i18n/index.ts';
import { tray } from '../../state/tray.svelte.ts';

export function headline(): string {
  if (tray.active.length > 0) return t('uploads.going', { n: tray.active.length });
  if (tray.list.some(({ phase }) => phase === 'failed')) return t('uploads.someFailed');
  if (tray.list.some(({ phase }) => phase === 'paused')) return t('uploads.paused');
  if (tray.making.length > 0) return t('uploads.making', { n: tray.making.length });
  return tray.list.length > 0 ? t('uploads.allDone') : t('uploads.unfinishedTitle');
}

/** In a word, where there is room for one. */
export function briefly(): string {
  if (tray.active.length > 0) return percent(tray.percent);
  if (tray.list.some(({ phase }) => phase === 'failed')) return t('state.failed');
  if (tray.making.length > 0) return t('state.processing');
  return tray.list.length > 0 && tray.list.every(({ isOver }) => isOver) ? t('state.ready') : t('uploads.title');
}
