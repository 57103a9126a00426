import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { defineConfig } from 'vite'

const ROOT = fileURLToPath(new URL('.', import.meta.url))
const COMMON = /[\\/](gui[\\/]src[\\/](api|log|state|ui)|@?preact)[\\/]/

/** Builds the web UI into dist/gui, from where `--gui-port` serves it. */
export default defineConfig({
  root: ROOT,
  plugins: [compressed()],
  build: {
    outDir: '../dist/gui',
    emptyOutDir: true,
    target: 'es2022',
    // Inlined files would be data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    // It comes from localhost or near it, and is wanted whole; a test bounds its size.
    chunkSizeWarningLimit: 1000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What several pages have in common comes as one file, not as one for each set of pages.
        codeSplitting: { groups: [{ name: 'common', test: COMMON }] },
      },
    },
  },
  server: {
    // npx vite gui: sources as they are edited, with the API of a running `sluice --gui-port=6060`.
    proxy: { '/api': { target: 'http://127.0.0.1:6060', changeOrigin: true } },
  },
})

/** Puts compressed files beside scripts and styles, so that the server does not compress them. */
function compressed() {
  return {
    name: 'compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        for (const [fileName, output] of Object.entries(bundle)) {
          if (!/\.(js|css)$/.test(fileName)) continue
          const bytes = Buffer.from(output.type === 'chunk' ? output.code : output.source)
          // The best quality, 11, takes ten times as long for 4 % less.
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }
          this.emitFile({ type: 'asset', fileName: `${fileName}.gz`, source: gzipSync(bytes) })
          this.emitFile({
            type: 'asset',
            fileName: `${fileName}.br`,
            source: brotliCompressSync(bytes, quality),
          })
        }
      },
    },
  }
}
