import { setMaxListeners } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEars, OpenEngine } from './engine';
import { Playback } from './playback';

/** As much of a <video> as a Playback looks at. It loads when the engine says so. */
class Video extends EventTarget {
  textTracks = Object.assign(new EventTarget(), { [Symbol.iterator]: () => [][Symbol.iterator]() });
  buffered = { length: 0 };
  currentTime = 0;
  duration = Number.NaN;
  readyState = 0;
  volume = 1;
  muted = false;
  playbackRate = 1;
  paused = true;
  ended = false;
  seeking = false;
  isAllowed = true;

  play(): Promise<void> {
    if (!this.isAllowed) return Promise.reject(new DOMException('press first', 'NotAllowedError'));
    this.paused = false;
    this.emit('play');
    return Promise.resolve();
  }
  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.emit('pause');
  }
  emit(event: string): void {
    this.dispatchEvent(new Event(event));
  }
  becomeReady(atSeconds: number): void {
    Object.assign(this, { readyState: 4, currentTime: atSeconds, duration: 90 });
    this.emit('canplay');
    if (!this.paused) this.emit('playing');
  }
  becomeEmpty(): void {
    Object.assign(this, { readyState: 0, currentTime: 0, duration: Number.NaN });
    this.emit('emptied');
  }
}

function setUp() {
  const video = new Video();
  const loads: string[] = [];
  let ears!: EngineEars;
  let opened = 0;
  const open: OpenEngine = async (_, own) => {
    opened += 1;
    ears = own;
    return {
      load: (url, at) => {
        video.becomeEmpty();
        loads.push(`${url} ${at}`);
      },
      choose: () => undefined,
      hurry: () => undefined,
      destroy: () => video.becomeEmpty(),
    };
  };
  const playback = new Playback(video as unknown as HTMLVideoElement, 90, open);
  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  return { video, loads, playback, settle, ears: () => ears, opened: () => opened };
}

async function playing() {
  const set = setUp();
  set.playback.setSource('/m/v1', 0);
  set.playback.play();
  await set.settle();
  set.video.becomeReady(0);
  return set;
}

// Node warns of many listeners on one signal; a playback has them on purpose.
setMaxListeners(0);
beforeEach(() => void vi.stubGlobal('window', new EventTarget()));

describe('a playback', () => {
  it('fetches nothing before the first press', async () => {
    const { playback, settle, opened } = setUp();
    playback.setSource('/m/v1', 0);
    await settle();
    expect([opened(), playback.state.phase]).toEqual([0, 'idle']);
  });

  it('begins at the second it was given, once, however often the button is pressed', async () => {
    const { playback, settle, loads, video } = setUp();
    playback.setSource('/m/v1', 30);
    playback.play();
    playback.play();
    await settle();
    expect(loads).toEqual(['/m/v1 30']);
    expect(playback.state).toMatchObject({ phase: 'playing', isWaiting: true, positionSeconds: 30 });
    video.becomeReady(30);
    expect(playback.state.isWaiting).toBe(false);
  });

  it('waits for the viewing when it is pressed before there is one', async () => {
    const { playback, settle, loads } = setUp();
    playback.play();
    await settle();
    expect(playback.state).toMatchObject({ phase: 'playing', isWaiting: true });
    playback.setSource('/m/v1', 0);
    await settle();
    expect(loads).toEqual(['/m/v1 0']);
  });

  it('waits for a press when the browser does not let it begin by itself', async () => {
    const { playback, settle, video } = setUp();
    video.isAllowed = false;
    playback.setSource('/m/v1', 0);
    playback.play();
    await settle();
    expect(playback.state.phase).toBe('idle');
  });

  it('goes on at the same second when a new viewing brings another URL', async () => {
    const { playback, settle, loads, video } = await playing();
    video.currentTime = 42;
    playback.setSource('/m/v2');
    await settle();
    expect(loads).toEqual(['/m/v1 0', '/m/v2 42']);
    expect(playback.state).toMatchObject({ phase: 'playing', positionSeconds: 42 });
  });

  it('stays paused over a new URL', async () => {
    const { playback, settle, video } = await playing();
    video.currentTime = 42;
    playback.pause();
    playback.setSource('/m/v2');
    await settle();
    video.becomeReady(42);
    expect(playback.state).toMatchObject({ phase: 'paused', positionSeconds: 42 });
  });

  it('closes for good, keeps the second, and plays on from it in a new viewing', async () => {
    const { playback, settle, loads, video, opened } = await playing();
    video.currentTime = 42;
    playback.close();
    expect(playback.state).toMatchObject({ phase: 'closed', positionSeconds: 42 });
    playback.play();
    await settle();
    expect([loads.length, video.paused]).toEqual([1, true]);
    playback.setSource('/m/v2');
    await settle();
    expect([loads.at(-1), opened()]).toEqual(['/m/v2 42', 2]);
  });

  it('tells a failure and tries again at the same second', async () => {
    const { playback, settle, loads, video, ears } = await playing();
    video.currentTime = 42;
    ears().failed('unreachable');
    video.becomeEmpty();
    expect(playback.state).toMatchObject({ phase: 'failed', failure: 'unreachable' });
    playback.reload();
    await settle();
    expect(loads.at(-1)).toBe('/m/v1 42');
    expect(playback.state.failure).toBeNull();
  });

  it('does not seek beyond either end', async () => {
    const { playback, video } = await playing();
    playback.skip(-10);
    expect(video.currentTime).toBe(0);
    playback.seek(4000);
    expect(video.currentTime).toBe(90);
  });

  it('steps through the speeds and stops at the last', async () => {
    const { playback, video } = await playing();
    for (let press = 0; press < 9; press += 1) playback.stepRate(1);
    expect(video.playbackRate).toBe(2);
    for (let press = 0; press < 9; press += 1) playback.stepRate(-1);
    expect(video.playbackRate).toBe(0.5);
  });
});
