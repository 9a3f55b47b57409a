// Everything that the controls show of a playback, as one plain value.
import { ownTracks, type CaptionTrack } from './captions';
import type { Failure } from './engine';
import type { NamedRendition } from './renditions';

export type Phase = 'idle' | 'playing' | 'paused' | 'finished' | 'failed' | 'closed';

export interface PlaybackState {
  phase: Phase;
  /** Frames are wanted and missing. */
  isWaiting: boolean;
  isReconnecting: boolean;
  failure: Failure | null;
  positionSeconds: number;
  /** 0 until known. */
  durationSeconds: number;
  /** Start and end in seconds, in order. */
  buffered: [number, number][];
  volume: number;
  isMuted: boolean;
  rate: number;
  renditions: NamedRendition[];
  /** Null: chosen by the network. */
  chosenRendition: number | null;
  currentRendition: number | null;
  captions: CaptionTrack[];
}

type OfVideo = Pick<PlaybackState, 'buffered' | 'volume' | 'isMuted' | 'rate' | 'captions'>;

/** The part that the <video> itself knows. */
export function readVideo(video: HTMLVideoElement): OfVideo {
  return {
    buffered: Array.from({ length: video.buffered.length }, (_, at) => [
      video.buffered.start(at),
      video.buffered.end(at),
    ]),
    volume: video.volume,
    isMuted: video.muted,
    rate: video.playbackRate,
    captions: ownTracks(video),
  };
}
