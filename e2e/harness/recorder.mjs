// A film as Chromium records a call: a canvas that changes its size in the middle, and WebAudio.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workbench } from './browser.mjs';

/** Makes a recorder begin without anybody's press. */
export const MAY_SOUND = ['--autoplay-policy=no-user-gesture-required'];

/**
 * Records white flashes with a beep each. Needs a browser with `MAY_SOUND`.
 * @param {{ seconds: number, flashesAt: number[], sizes: [fromSeconds: number, width: number, height: number][] }} film
 * @returns {Promise<string>} the path of a WebM file, which goes with the test
 */
export async function record(t, browser, film) {
  const page = await workbench(browser);
  try {
    await page.bringToFront();
    const text = await page.evaluate(recordHere, film);
    const folder = await mkdtemp(join(tmpdir(), 'anteroom-recorded-'));
    t.after(() => rm(folder, { recursive: true }));
    const path = join(folder, 'call.webm');
    await writeFile(path, Buffer.from(text, 'base64'));
    return path;
  } finally {
    await page.close();
  }
}

/** In the page. */
async function recordHere({ seconds, flashesAt, sizes }) {
  const FLASH_SECONDS = 0.2;
  const canvas = document.body.appendChild(document.createElement('canvas'));
  const audio = new AudioContext({ sampleRate: 48_000 });
  const [tone, gain, sound] = [audio.createOscillator(), audio.createGain(), audio.createMediaStreamDestination()];
  tone.frequency.value = 1_000;
  gain.gain.value = 0;
  tone.connect(gain).connect(sound);
  tone.start();
  await audio.resume();

  let beganAt = Infinity;
  const draw = () => {
    const at = audio.currentTime - beganAt;
    const [, width, height] = sizes.findLast(([from]) => at >= from) ?? sizes[0];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const pen = canvas.getContext('2d');
    pen.fillStyle = flashesAt.some((flash) => at >= flash && at < flash + FLASH_SECONDS) ? '#fff' : '#202020';
    pen.fillRect(0, 0, width, height);
    // A canvas on which nothing changes gives no frames.
    pen.fillStyle = `rgb(${Math.random() * 99} 80 80)`;
    pen.fillRect(0, 0, 8, 8);
  };
  // Before the recorder: it begins with the first picture that comes.
  const drawing = setInterval(draw, 20);
  const pictures = canvas.captureStream(25);
  const stream = new MediaStream([...pictures.getVideoTracks(), ...sound.stream.getAudioTracks()]);
  const recorder = new MediaRecorder(stream, { mimeType: 'video/webm;codecs=vp8,opus' });
  const pieces = [];
  recorder.ondataavailable = ({ data }) => pieces.push(data);
  recorder.start();
  await new Promise((done) => (recorder.onstart = done));
  beganAt = audio.currentTime;
  for (const flash of flashesAt) {
    gain.gain.setValueAtTime(0.5, beganAt + flash);
    gain.gain.setValueAtTime(0, beganAt + flash + FLASH_SECONDS);
  }
  await new Promise((done) => setTimeout(done, seconds * 1_000));
  recorder.stop();
  await new Promise((done) => (recorder.onstop = done));
  clearInterval(drawing);
  await audio.close();
  return new Uint8Array(await new Blob(pieces).arrayBuffer()).toBase64();
}
