// Films for the journeys, made by ffmpeg once per machine: a moving picture with a running clock and a tone, so
// that a frame that stands still or a missing sound can be told from a real one.
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rename, stat, truncate } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const kept = fileURLToPath(new URL('../../target/e2e-media/', import.meta.url));

/** What each film is: ffmpeg's words between its name and the file. */
const films = {
  // Longer than four renewals and twenty segments, small enough to be ready within seconds.
  'long.mp4': [...picture('320x180', 12, 150), ...tone(150), ...coded(24)],
  'short.mp4': [...picture('640x360', 24, 12), ...tone(12), ...coded(48)],
  // As a phone films, held upright.
  'tall.mp4': [...picture('360x640', 24, 4), ...tone(4), ...coded(48)],
  // Takes a while to convert: for jobs that are looked at on their way.
  'slow.mp4': [...picture('1280x720', 30, 120), ...tone(120), ...coded(60)],
  // Big because nearly nothing is compressed: for uploads that are torn apart.
  'heavy.mp4': [...picture('640x360', 24, 20), ...tone(20), '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '26M', '-minrate', '26M', '-maxrate', '26M', '-bufsize', '26M', '-x264-params', 'nal-hrd=cbr', '-c:a', 'aac'],
  // More than 2 GiB, by repeating the one before.
  'huge.mp4': ['-stream_loop', '34', '-i', `${kept}heavy.mp4`, '-c', 'copy'],
};

export function picture(size, rate, seconds) {
  return ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${rate}:d=${seconds}`];
}

export function tone(seconds) {
  return ['-f', 'lavfi', '-i', `sine=f=440:b=2:d=${seconds}`];
}

function coded(keyframesEvery) {
  return ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', String(keyframesEvery), '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest'];
}

/** @param {keyof typeof films} name @returns {Promise<string>} its path */
export async function film(name) {
  if (name === 'huge.mp4') await film('heavy.mp4');
  return made(name, films[name]);
}

/** Makes a file once per machine. @param {string[]} words of ffmpeg, before the file */
export async function made(name, words) {
  const path = `${kept}${name}`;
  if (await stat(path).catch(() => null)) return path;
  await mkdir(kept, { recursive: true });
  // Made under a name of this process, then put in place: test files run beside each other.
  const begun = `${kept}${process.pid}-${name}`;
  await run('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...words, ...(/\.(mp4|mov)$/.test(name) ? ['-movflags', '+faststart'] : []), begun]);
  await rename(begun, path);
  return path;
}

/** A film whose end is missing. */
export async function cutFilm() {
  const [whole, path] = [await film('short.mp4'), `${kept}cut.mp4`];
  const begun = `${kept}${process.pid}-cut.mp4`;
  await copyFile(whole, begun);
  await truncate(begun, 20_000);
  await rename(begun, path);
  return path;
}

/** @param {string} path @returns {Promise<string>} SHA-256 in hex */
export async function sha256(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
