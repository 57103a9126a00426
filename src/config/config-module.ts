import { basename, dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BuildFailure, type BuildOptions, build, type Message, stop } from 'esbuild'

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
}

/**
 * Runs a module in TypeScript or JavaScript with all that it imports, and returns what it exports.
 * It is bundled first: so TypeScript works on every version of Node, a file that has changed is
 * read anew, and it is known which files to watch. `given` stands for the file's own text. Throws
 * `ModuleError`.
 */
export async function loadModule(file: string, given?: string): Promise<ConfigModule> {
  const { text, files } = await bundle(file, given)
  let module: { default?: unknown }
  try {
    module = await import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`)
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    throw failed(file, reason.split('\n')[0] ?? '')
  }
  const value = module.default
  if (value === undefined) {
    throw failed(file, 'exports no config: write export default { … }')
  }
  return { value, files }
}

async function bundle(
  file: string,
  given: string | undefined,
): Promise<{ text: string; files: string[] }> {
  const url = JSON.stringify(pathToFileURL(file).href)
  const folder = dirname(file)
  try {
    const { outputFiles, metafile } = await build({
      ...entryOf(file, given),
      absWorkingDir: folder,
      bundle: true,
      write: false,
      metafile: true,
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
    return { text: outputFiles[0]?.text ?? '', files }
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

function describe({ text, location }: Message, entry: string): ModuleProblem {
  if (location === null) return { message: text, file: entry, line: 0, column: 0 }
  const { file, line, column } = location
  return { message: text, file: resolve(dirname(entry), file), line, column: column + 1 }
}
