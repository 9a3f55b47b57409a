// The system's own media controls: lock screen, headset buttons, media keys.
import type { Playback } from './playback';

const SKIP_SECONDS = 10;

/** The answer takes them away again. */
export function showInSystem(playback: Playback, title: string, posterUrl: string | null): () => void {
  const session = navigator.mediaSession;
  if (!session) return () => undefined;
  session.metadata = new MediaMetadata({ title, artwork: posterUrl ? [{ src: posterUrl }] : [] });
  const handlers: [MediaSessionAction, MediaSessionActionHandler][] = [
    ['play', () => playback.play()],
    ['pause', () => playback.pause()],
    ['seekbackward', ({ seekOffset }) => playback.skip(-(seekOffset ?? SKIP_SECONDS))],
    ['seekforward', ({ seekOffset }) => playback.skip(seekOffset ?? SKIP_SECONDS)],
    ['seekto', ({ seekTime }) => seekTime !== undefined && playback.seek(seekTime)],
  ];
  for (const [action, handler] of handlers) setHandler(session, action, handler);
  return () => {
    session.metadata = null;
    for (const [action] of handlers) setHandler(session, action, null);
  };
}

/** A browser may know the session and not the action. */
function setHandler(session: MediaSession, action: MediaSessionAction, handler: MediaSessionActionHandler | null) {
  try {
    session.setActionHandler(action, handler);
  } catch {
    // One button less on the lock screen.
  }
}
