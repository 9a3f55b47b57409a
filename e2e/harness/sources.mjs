// Sources as people have them, each with one peculiarity, and a look at what the server made of them.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { made, picture, tone } from './media.mjs';

const run = promisify(execFile);
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
const AAC = ['-c:a', 'aac', '-shortest'];
const SIX_CHANNELS = Array.from({ length: 6 }, (_, n) => `0.15*sin(2*PI*${220 * (n + 1)}*t)`).join('|');

/** What each source is: its length and ffmpeg's words, or how it is made from another. */
const peculiar = {
  'three seconds': [3, () => [...picture('640x360', 25, 3), ...tone(3), ...H264, ...AAC]],
  'no sound': [8, () => [...picture('640x360', 24, 8), ...H264]],
  'portrait by a rotation flag': [8, async () => {
    const lying = await made('source-lying.mp4', [...picture('640x360', 30, 8), ...tone(8), ...H264, ...AAC]);
    return ['-i', lying, '-c', 'copy', '-metadata:s:v:0', 'rotate=90'];
  }],
  '5.1 sound': [8, () => [...picture('640x360', 25, 8), '-f', 'lavfi', '-i', `aevalsrc=exprs=${SIX_CHANNELS}:c=5.1:d=8`, ...H264, ...AAC]],
  'variable frame rate': [8, () => [...picture('640x360', 30, 8), ...tone(8), '-vf', "select='not(mod(n,3))+between(n,60,150)'", '-vsync', 'vfr', ...H264, '-g', '500', ...AAC]],
  'HEVC in 10 bits': [8, () => [...picture('640x360', 24, 8), ...tone(8), '-c:v', 'libx265', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p10le', '-tag:v', 'hvc1', '-x265-params', 'log-level=none', ...AAC]],
  '1080p with B-frames': [4, () => [...picture('1920x1080', 25, 4), ...tone(4), ...H264, '-bf', '3', '-g', '60', ...AAC]],
};

/** @returns {{ seconds: number, file: () => Promise<string> }} a source by what it is */
export function source(what) {
  const [seconds, words] = peculiar[what];
  return { seconds, file: async () => made(`source-${what.replaceAll(' ', '-')}.mp4`, await words()) };
}

export const sources = Object.keys(peculiar);

/** Nothing but black and silence. */
export function black(seconds) {
  const words = ['-f', 'lavfi', '-i', `color=black:s=426x240:r=24:d=${seconds}`, '-f', 'lavfi', '-i', `anullsrc=r=48000:cl=stereo:d=${seconds}`];
  return { seconds, file: () => made(`source-black-${seconds}.mp4`, [...words, ...H264, ...AAC]) };
}

/** What ffprobe says of a file, of its first stream of a kind. */
export async function probed(file, kind, entries) {
  const words = ['-v', 'error', '-select_streams', `${kind}:0`, '-show_entries', entries, '-of', 'json', file];
  return JSON.parse((await run('ffprobe', words, { maxBuffer: 256 << 20 })).stdout);
}

/**
 * When each segment of a rendition starts, as its packets say, and whether with a key frame.
 * @returns {Promise<{ atSeconds: number, isKey: boolean }[]>}
 */
async function segmentStarts(folder, playlist) {
  const text = await readFile(join(folder, playlist), 'utf8');
  const names = [/URI="([^"]+)"/.exec(text)[1], ...text.split('\n').filter((line) => line.endsWith('.m4s'))];
  const parts = await Promise.all(names.map((name) => readFile(join(folder, name))));
  // One file of all, so that each packet's place says to which segment it belongs.
  const whole = join(await mkdtemp(join(tmpdir(), 'anteroom-whole-')), playlist);
  await writeFile(whole, Buffer.concat(parts));
  const { packets } = await probed(whole, 'v', 'packet=pts_time,pos,flags');
  await rm(dirname(whole), { recursive: true });
  packets.sort((one, other) => one.pos - other.pos);
  let [end, next] = [parts[0].length, 0];
  return parts.slice(1).map(({ length }) => {
    end += length;
    const first = packets[next];
    let atSeconds = Infinity;
    for (; next < packets.length && Number(packets[next].pos) < end; next += 1) atSeconds = Math.min(atSeconds, packets[next].pts_time);
    return { atSeconds, isKey: first.flags.startsWith('K') };
  });
}

/** The same for every rendition that a master playlist names. @returns {Promise<Record<string, Awaited<ReturnType<typeof segmentStarts>>>>} */
export async function renditionStarts(folder) {
  const master = await readFile(join(folder, 'master.m3u8'), 'utf8');
  const playlists = master.split('\n').filter((line) => /^v\d+\.m3u8$/.test(line));
  return Object.fromEntries(await Promise.all(playlists.map(async (name) => [name, await segmentStarts(folder, name)])));
}
