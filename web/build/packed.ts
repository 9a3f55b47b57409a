// Every file of the build once more, packed as small as it gets: packing on each request costs the first visitor time.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Plugin } from 'vite';

const WORTH = /\.(js|css|svg)$/;
/** What is tiny gains nothing. */
const WORTH_FROM_BYTES = 512;

export function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    async writeBundle({ dir }) {
      const folder = join(dir as string, 'assets');
      const files = (await readdir(folder)).filter((file) => WORTH.test(file));
      await Promise.all(files.map((file) => pack(join(folder, file))));
    },
  };
}

async function pack(path: string): Promise<void> {
  const plain = await readFile(path);
  if (plain.length < WORTH_FROM_BYTES) return;
  const size = { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length };
  const [gz, br] = await Promise.all([
    promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }),
    promisify(brotliCompress)(plain, { params: size }),
  ]);
  await Promise.all([writeFile(`${path}.gz`, gz), writeFile(`${path}.br`, br)]);
}
