// When a film flashes and when it beeps: in a file, and in what a page plays.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SAMPLES_A_SECOND = 8_000;

/** Where something begins that was not there for a while. @param {[atSeconds: number, isThere: boolean][]} looks */
function beginnings(looks) {
  const found = [];
  let lastAt = -Infinity;
  for (const [at, isThere] of looks) {
    if (isThere && at - lastAt > 0.3) found.push(at);
    if (isThere) lastAt = at;
  }
  return found;
}

/** What plain ffmpeg, without any of the server's words, sees and hears. @returns {Promise<{ flashes: number[], beeps: number[] }>} seconds */
export async function eventsOfFile(path) {
  const input = ['-nostdin', '-i', path];
  const seen = run('ffmpeg', [...input, '-an', '-vf', 'crop=iw/8:ih/8,scale=2:2,format=gray,showinfo', '-f', 'null', '-'], { maxBuffer: 64 << 20 });
  const heard = run('ffmpeg', [...input, '-vn', '-af', `aresample=${SAMPLES_A_SECOND}:async=1:first_pts=0`, '-ac', '1', '-f', 's16le', '-'], { encoding: 'buffer', maxBuffer: 64 << 20 });
  const frames = [...(await seen).stderr.matchAll(/pts_time:([\d.]+).*mean:\[(\d+)/g)];
  const { stdout } = await heard;
  const samples = Array.from(new Int16Array(stdout.buffer, stdout.byteOffset, stdout.length >> 1), (sample) => sample / 32_768);
  return {
    flashes: beginnings(frames.map(([, at, mean]) => [Number(at), Number(mean) > 128])),
    beeps: beginnings(loudness(samples, SAMPLES_A_SECOND, 0)),
  };
}

/** Whether each hundredth of a second is loud. @returns {[number, boolean][]} */
function loudness(samples, rate, fromSeconds) {
  const step = Math.round(rate / 100);
  return Array.from({ length: Math.floor(samples.length / step) }, (_, n) => {
    const piece = samples.slice(n * step, (n + 1) * step);
    return [fromSeconds + (n * step) / rate, Math.max(...piece.map(Math.abs)) > 0.1];
  });
}

/**
 * The same of what a page plays. Neither is listened to while it runs, which a busy machine would disturb: the picture
 * is looked at where the player stands still, and the sound is decoded from what the player was sent, each segment at
 * the time that it says.
 * @param {import('playwright-core').Page} page
 * @param {string} master the address of the master playlist
 * @param {number[]} near about when the flashes are, in seconds
 */
export async function eventsAsPlayed(page, master, near) {
  const flashes = [];
  for (const about of near) flashes.push(await page.locator('video').evaluate(findFlash, about));
  const segments = await page.evaluate(decodeSound, { master, rate: SAMPLES_A_SECOND });
  const looks = segments.flatMap(({ fromSeconds, samples }) => loudness(samples, SAMPLES_A_SECOND, fromSeconds));
  return { flashes, beeps: beginnings(looks.sort(([one], [other]) => one - other)) };
}

/** In the page: halves the time in which it becomes bright; null when it does not. */
async function findFlash(video, about) {
  video.pause();
  const pen = new OffscreenCanvas(2, 2).getContext('2d', { willReadFrequently: true });
  const isBright = async (at) => {
    await new Promise((done) => {
      video.requestVideoFrameCallback(done);
      video.currentTime = at;
    });
    const { videoWidth: width, videoHeight: height } = video;
    pen.drawImage(video, (width * 7) / 16, (height * 7) / 16, width / 8, height / 8, 0, 0, 2, 2);
    return pen.getImageData(0, 0, 1, 1).data[1] > 128;
  };
  let [dark, bright] = [Math.max(0, about - 0.35), about + 0.12];
  if ((await isBright(dark)) || !(await isBright(bright))) return null;
  while (bright - dark > 0.008) {
    const middle = (dark + bright) / 2;
    if (await isBright(middle)) bright = middle;
    else dark = middle;
  }
  return bright;
}

/** In the page: the sound of a master playlist by segments. */
async function decodeSound({ master, rate }) {
  const textOf = async (url) => (await fetch(url)).text();
  const playlist = new URL(/#EXT-X-MEDIA:TYPE=AUDIO.*URI="([^"]+)"/.exec(await textOf(master))[1], master);
  const text = await textOf(playlist);
  const bytesOf = async (name) => new Uint8Array(await (await fetch(new URL(name, playlist))).arrayBuffer());
  const head = await bytesOf(/#EXT-X-MAP:URI="([^"]+)"/.exec(text)[1]);

  /** What follows the name of an MP4 box, wherever it lies. */
  const inBox = (bytes, name) => {
    const at = bytes.findIndex((_, n) => [...name].every((letter, k) => bytes[n + k] === letter.charCodeAt(0)));
    return new DataView(bytes.buffer, at + 4);
  };
  const clock = inBox(head, 'mdhd');
  const ticks = clock.getUint8(0) === 1 ? clock.getUint32(20) : clock.getUint32(12);
  const startOf = (bytes) => {
    const time = inBox(bytes, 'tfdt');
    return time.getUint8(0) === 1 ? Number(time.getBigUint64(4)) : time.getUint32(4);
  };
  const names = text.split('\n').filter((line) => line.endsWith('.m4s'));
  return Promise.all(names.map(async (name) => {
    const bytes = await bytesOf(name);
    const whole = new Uint8Array([...head, ...bytes]);
    // The encoder's first samples, which are not to be heard, are left out of each: what follows them is at its time.
    const sound = await new OfflineAudioContext(1, 1, rate).decodeAudioData(whole.buffer);
    return { fromSeconds: startOf(bytes) / ticks, samples: [...sound.getChannelData(0)] };
  }));
}
