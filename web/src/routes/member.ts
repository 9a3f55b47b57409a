// What stands on nearly every page of a member and on none of a guest, as one part.
export { default as ItemActs } from './media/ItemActs.svelte';
export { default as ItemDialogs } from './media/ItemDialogs.svelte';
export { roleWords } from './rights/words.ts';
export { default as TopBar } from './shell/TopBar.svelte';
export { default as DropZone } from './uploads/DropZone.svelte';
export { default as UploadButton } from './uploads/UploadButton.svelte';
export { default as UploadTray } from './uploads/UploadTray.svelte';
