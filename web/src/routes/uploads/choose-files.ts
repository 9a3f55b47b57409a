import { tray } from '../../state/tray.svelte.ts';

/** Opens the browser's file chooser; what is chosen goes to the tray. */
export function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = 'video/*,audio/*';
  input.onchange = () => tray.add(input.files ?? []);
  input.click();
}
