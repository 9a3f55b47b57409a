export { default as Player } from './Player.svelte';
export type { Phase, PlaybackState } from './playback-state';
export { openViewing, Viewing, type Changed, type EndReason, type Opened, type ViewingState } from './viewing';
