import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
const server = process.env.TENDERO_SERVER ?? 'http://localhost:3000';

/** Builds the web app into `dist/web`; `npm run dev` serves it on :5173 and passes `/api` and `/files` on to the running server. */
export default defineConfig({
  root,
  plugins: [react(), programList()],
  // Only the whole of a file of words is asked for, never a name in it.
  json: { namedExports: false, stringify: true },
  build: {
    outDir: fileURLToPath(new URL('../../dist/web', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 700,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // Words say whose they are: `words-en-….js` of all, `words-import-en-….js` of a room.
        chunkFileNames: ({ facadeModuleId }) => {
          const [, room = '', language] = /web\/(?:([\w-]+)\/)?i18n\/(\w+)\.json$/.exec(facadeModuleId ?? '') ?? [];
          return `assets/${language ? `words-${room && `${room}-`}${language}` : '[name]'}-[hash].js`;
        },
        codeSplitting: {
          groups: [
            {
              name: 'react',
              test: /node_modules[\\/](react|react-dom|scheduler|react-i18next|i18next|use-sync-external-store)[\\/]/,
              priority: 30,
            },
            {
              name: 'base',
              test: /node_modules[\\/]@tanstack[\\/](react-router|router-core|history|react-query|query-core|store|react-store)[\\/]/,
              priority: 20,
            },
            // All that is needed before any route, in one file: as 60 it was 214 kB instead of 196, compressed each alone.
            { name: 'first', tags: ['$initial'], priority: 10 },
            // What most routes share, and the menus of every screen bring anyway. A list took 77 files and 130 kB, now 28 and 115.
            { name: 'icons', test: /node_modules[\\/]@tabler[\\/]/, minShareCount: 2, priority: 5 },
            {
              name: 'kit',
              test: /node_modules[\\/](@mantine|@floating-ui|react-number-format|react-remove-scroll|react-transition-group)[\\/]/,
              minShareCount: 8,
              priority: 4,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/files', '/calendars', '/f/', '/b/'].map((path) => [path, { target: server, changeOrigin: false }]),
    ),
  },
});

/** `/program.json`: every file of the app, for the service worker, which keeps them for when there is no network. */
function programList(): Plugin {
  return {
    name: 'program-list',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => name.startsWith('assets/'));
      this.emitFile({
        type: 'asset',
        fileName: 'program.json',
        source: JSON.stringify(files.map((name) => `/${name}`)),
      });
    },
  };
}
