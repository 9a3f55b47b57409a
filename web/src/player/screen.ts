// Full screen and picture in picture, where the browser has them. On an iPhone only the video itself can fill
// the screen, with the system's own controls.

interface PhoneVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void;
}

export function canFillScreen(video: HTMLVideoElement): boolean {
  return document.fullscreenEnabled || typeof (video as PhoneVideo).webkitEnterFullscreen === 'function';
}

export async function toggleFullScreen(stage: HTMLElement, video: HTMLVideoElement): Promise<void> {
  if (document.fullscreenElement) return document.exitFullscreen();
  if (!document.fullscreenEnabled) return (video as PhoneVideo).webkitEnterFullscreen?.();
  await stage.requestFullscreen({ navigationUI: 'hide' });
  // A film is wider than high: a phone held upright turns. Where turning is not possible nothing is lost.
  if (video.videoWidth > video.videoHeight) await turnToLandscape().catch(() => undefined);
}

export function canFloat(video: HTMLVideoElement): boolean {
  return document.pictureInPictureEnabled === true && !video.disablePictureInPicture;
}

export async function toggleFloating(video: HTMLVideoElement): Promise<void> {
  if (document.pictureInPictureElement === video) await document.exitPictureInPicture();
  else await video.requestPictureInPicture();
}

/** The answer stops listening. */
export function listenToFloating(video: HTMLVideoElement, change: (isFloating: boolean) => void): () => void {
  const stop = new AbortController();
  video.addEventListener('enterpictureinpicture', () => change(true), { signal: stop.signal });
  video.addEventListener('leavepictureinpicture', () => change(false), { signal: stop.signal });
  return () => stop.abort();
}

async function turnToLandscape(): Promise<void> {
  const orientation = screen.orientation as ScreenOrientation & { lock?: (to: string) => Promise<void> };
  await orientation.lock?.('landscape');
}
