// How loud the last playback was, kept in this browser for the next one.
import { ownStorage } from './storage';

export interface Volume {
  /** 0 to 1; what is gone back to when unmuting. */
  level: number;
  isMuted: boolean;
}

const KEY = 'anteroom.volume';
const FULL: Volume = { level: 1, isMuted: false };

export function rememberedVolume(storage: Storage | undefined = ownStorage()): Volume {
  try {
    const kept = JSON.parse(storage?.getItem(KEY) ?? 'null') as Partial<Volume> | null;
    const level = kept?.level;
    if (typeof level !== 'number' || !(level >= 0 && level <= 1)) return FULL;
    return { level, isMuted: kept?.isMuted === true };
  } catch {
    return FULL;
  }
}

export function rememberVolume(volume: Volume, storage: Storage | undefined = ownStorage()): void {
  try {
    storage?.setItem(KEY, JSON.stringify(volume));
  } catch {
    // Storage may be full or shut; the volume then lasts for this page.
  }
}
