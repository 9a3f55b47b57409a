// One build for both kinds of page: the single-page app (index.html) and the small style and
// script files of the server-rendered pages. The server finds the hashed names through
// dist/.vite/manifest.json, so the keys there ("pages/page.css", "pages/entry.ts") are an interface.
import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { groups } from './build/chunks.ts';
import { packed } from './build/packed.ts';
import { words } from './build/words.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

function pageEntries(): string[] {
  if (!existsSync(here('pages'))) return [];
  return readdirSync(here('pages'))
    .filter((file) => /\.(ts|css)$/.test(file) && !/\.(test|d)\.ts$/.test(file))
    .map((file) => here(`pages/${file}`));
}

/** `npm run dev` shows the app with changes at once, in front of a running Anteroom. */
function backend(): Record<string, { target: string; ws: boolean }> {
  const target = process.env['ANTEROOM_URL'] ?? 'http://127.0.0.1:8080';
  return Object.fromEntries(['/api', '/m/', '/g/', '/left'].map((path) => [path, { target, ws: true }]));
}

export default defineConfig({
  plugins: [words(), svelte(), packed()],
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  json: { namedExports: false },
  build: {
    outDir: 'dist',
    manifest: true,
    // The content security policy forbids inline script and style.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rollupOptions: {
      input: [here('index.html'), ...pageEntries()],
      output: { codeSplitting: { groups: groups(here('src/main.ts'), here('src/start.ts'), pageEntries()) } },
    },
  },
  server: { port: 5173, strictPort: true, host: '127.0.0.1', proxy: backend() },
  test: { include: ['src/**/*.test.ts', 'pages/**/*.test.ts', 'build/**/*.test.ts'], environment: 'node' },
});
