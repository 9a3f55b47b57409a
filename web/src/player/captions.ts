// Captions are the <video>'s own text tracks, whoever brought them: hls.js, the browser or a <track>.

export interface CaptionTrack {
  /** Its place among the video's text tracks. */
  id: number;
  label: string;
  isShowing: boolean;
}

export function ownTracks(video: HTMLVideoElement): CaptionTrack[] {
  return [...video.textTracks].flatMap((track, id) =>
    isCaptions(track) ? [{ id, label: track.label || track.language, isShowing: track.mode === 'showing' }] : [],
  );
}

/** Null: none. */
export function chooseTrack(video: HTMLVideoElement, id: number | null): void {
  [...video.textTracks].forEach((track, at) => {
    if (isCaptions(track)) track.mode = at === id ? 'showing' : 'disabled';
  });
}

function isCaptions(track: TextTrack): boolean {
  return track.kind === 'captions' || track.kind === 'subtitles';
}
