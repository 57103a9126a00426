import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const ROOT = fileURLToPath(new URL('.', import.meta.url))

/** Builds the web UI into dist/gui, from where `--gui-port` serves it. */
export default defineConfig({
  root: ROOT,
  build: {
    outDir: '../dist/gui',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    // It comes from localhost or near it, and is wanted whole; a test bounds its size.
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
  },
  server: {
    // npx vite gui: sources as they are edited, with the API of a running `sluice --gui-port=6060`.
    proxy: { '/api': { target: 'http://127.0.0.1:6060', changeOrigin: true } },
  },
})
