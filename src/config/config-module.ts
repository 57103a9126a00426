import { SourceMap, type SourceMapPayload } from 'node:module'
import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildFailure, type BuildOptions, build, type Message, stop } from 'esbuild'
import { lineOf } from '../program/script/source-text.ts'

/** What a module has as its default export, and the files that it is made of. */
export interface ConfigModule {
  readonly value: unknown
  readonly files: string[]
}

/** A module that cannot be read or run. */
export class ModuleError extends Error {
  readonly problems: readonly ModuleProblem[]

  constructor(problems: readonly ModuleProblem[]) {
    super(problems.map(({ message }) => message).join('\n'))
    this.problems = problems
  }
}

/** What is wrong and where; line and column are 0 where that is not known. */
interface ModuleProblem {
  readonly message: string
  readonly file: string
  readonly line: number
  readonly column: number
  readonly sourceLine?: string
}

/** A module with all that it imports, as one text. */
interface Bundle {
  readonly text: string
  /** A source map, as JSON. */
  readonly map: string
  readonly files: string[]
}

/**
 * Runs a module in TypeScript or JavaScript with all that it imports, and returns what it exports.
 * It is bundled first: so TypeScript works on every version of Node, a file that has changed is
 * read anew, and it is known which files to watch. `given` stands for the file's own text. Throws
 * `ModuleError`.
 */
export async function loadModule(file: string, given?: string): Promise<ConfigModule> {
  const bundled = await bundle(file, given)
  const { text, files } = bundled
  let module: Record<string, unknown>
  try {
    module = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
  } catch (error) {
    throw new ModuleError([describeThrown(error, file, bundled)])
  }
  const { default: value } = module
  if (value === undefined) {
    const [name] = Object.keys(module)
    const found = name === undefined ? 'no exports' : `an export ${name}`
    throw failed(file, `expected a default export, found ${found}: write export default { … }`)
  }
  if (typeof value === 'function') {
    throw failed(file, 'expected a config, found a function: export what it returns')
  }
  if (value instanceof Promise) {
    throw failed(file, 'expected a config, found a promise: write export default await …')
  }
  return { value, files }
}

async function bundle(file: string, given: string | undefined): Promise<Bundle> {
  const url = JSON.stringify(pathToFileURL(file).href)
  const folder = dirname(file)
  try {
    const { outputFiles, metafile } = await build({
      ...entryOf(file, given),
      absWorkingDir: folder,
      bundle: true,
      write: false,
      metafile: true,
      // Nothing is written; but a map needs a name.
      outfile: resolve(folder, 'config.mjs'),
      sourcemap: 'external',
      format: 'esm',
      platform: 'node',
      target: 'node20',
      logLevel: 'silent',
      define: { 'import.meta.url': url },
      // Packages in CommonJS ask for Node's modules by a function that modules do not have.
      banner: {
        js: `import { createRequire as $createRequire } from 'node:module'; const require = $createRequire(${url});`,
      },
    })
    const files = Object.keys(metafile.inputs).map((name) => resolve(folder, name))
    const [map, code] = outputFiles
    return { text: code?.text ?? '', map: map?.text ?? '{}', files }
  } catch (error) {
    const errors = (error as Partial<BuildFailure>).errors ?? []
    if (errors.length === 0) throw failed(file, String(error))
    throw new ModuleError(errors.map((one) => describe(one, file)))
  } finally {
    await stop()
  }
}

function entryOf(file: string, text: string | undefined): BuildOptions {
  if (text === undefined) return { entryPoints: [file] }
  const loader = /\.m?ts$/.test(file) ? 'ts' : 'js'
  return {
    stdin: { contents: text, resolveDir: dirname(file), sourcefile: basename(file), loader },
  }
}

function failed(file: string, message: string): ModuleError {
  return new ModuleError([{ message, file, line: 0, column: 0 }])
}

/** What the compiler says. */
function describe({ text, location }: Message, entry: string): ModuleProblem {
  const missing = /^Could not resolve ("(\.?).*")/.exec(text)
  const message =
    missing === null
      ? `syntax error: ${text}`
      : `expected a module, found none at ${missing[1]}: ${missing[2] === '' ? 'install the package' : 'correct the path'}`
  if (location === null) return { message, file: entry, line: 0, column: 0 }
  const { file, line, column, lineText } = location
  return {
    message,
    file: resolve(dirname(entry), file),
    ...{ line, column: column + 1, sourceLine: lineText },
  }
}

/** What a module has thrown, and where. */
function describeThrown(error: unknown, entry: string, { map }: Bundle): ModuleProblem {
  const isError = error instanceof Error
  const reason = isError ? `${error.name}: ${error.message}` : String(error)
  const message = `running it has thrown ${reason.split('\n')[0]}`
  const nowhere = { message, file: entry, line: 0, column: 0 }
  const frame = isError
    ? /data:text\/javascript\S*?:(\d+):(\d+)\)?$/m.exec(error.stack ?? '')
    : null
  if (frame === null) return nowhere
  const payload = JSON.parse(map) as SourceMapPayload
  const found = new SourceMap(payload).findEntry(Number(frame[1]) - 1, Number(frame[2]) - 1)
  if (!('originalSource' in found)) return nowhere
  const { originalSource, originalLine, originalColumn } = found
  const line = originalLine + 1
  const text = payload.sourcesContent?.[payload.sources.indexOf(originalSource)] ?? ''
  return {
    message,
    file: resolve(dirname(entry), originalSource),
    ...{ line, column: originalColumn + 1, sourceLine: lineOf(text, line) },
  }
}
