import { build } from 'esbuild'

/**
 * Loads a module of the web UI that needs no browser. The caller says what it exports: the UI is
 * compiled for browsers, with settings of its own, and is no part of the tests' project.
 */
export async function guiModule<Exports>(path: string): Promise<Exports> {
  const { outputFiles } = await build({
    entryPoints: [`gui/src/${path}`],
    bundle: true,
    write: false,
    format: 'esm',
    // Of packages, what browsers get.
    platform: 'browser',
    target: 'node20',
    logLevel: 'silent',
  })
  const text = outputFiles[0]?.text ?? ''
  return await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
}
