import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { FlowModule } from '../program/flow/flow-graph.ts'
import type { ModuleGraph } from '../program/graph.ts'
import type { LoadProblem } from '../program/load-problem.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import { checkConfig } from './check-config.ts'
import { isConfigModule } from './config-file.ts'
import { flowOf, graphOf } from './describe.ts'
import { checkRoots } from './file-roots.ts'
import { findCulprit } from './find-culprit.ts'
import type { RangeOf } from './flow-places.ts'
import { normalise } from './normalise.ts'
import { readPemFiles, withoutUnread } from './pem-files.ts'
import { formatPath, type Problem } from './problem.ts'
import { problemLines } from './problem-lines.ts'
import type { Config } from './schema/config.ts'
import { ConfigText } from './source-text.ts'

export type LoadConfigResult = GoodConfig | BadConfig

/** A config that can run. */
export interface GoodConfig {
  isGood: true
  spec: LoadBalancerSpec
  graph: ModuleGraph
  flow: FlowModule[]
  /** The config as it was written, with the defaults of the schema. */
  config: Config
  /** Absolute paths of the files that it was read from. */
  files: string[]
}

/** A config that cannot. */
export interface BadConfig {
  isGood: false
  /** What is wrong, as lines; files are named as seen from the config's folder. */
  lines: string[]
  /** The same, with places as numbers. */
  problems: LoadProblem[]
  files: string[]
}

/** What was read: a value, and how to tell where in it a problem is. */
interface Source {
  readonly value: unknown
  readonly files: string[]
  /** Places of the problems, in the order of the file. */
  sort(problems: readonly Problem[]): Problem[]
  locate(problem: Problem): SourcePlace
  /** Where its sections are. */
  readonly rangeOf?: RangeOf
}

/** Line and column, both 0 if they are not known. */
interface SourcePlace {
  readonly line: number
  readonly column: number
}

/**
 * Reads and checks a config; `file` is an absolute path, `text` stands for what the file has. Of the
 * files and folders that it names, only those below `root` are looked at, if that is given.
 */
export async function loadConfig(
  file: string,
  text?: string,
  root?: string,
): Promise<LoadConfigResult> {
  const source = isConfigModule(file) ? await readModule(file, text) : readText(file, text)
  if ('isGood' in source) return source
  const { value, files } = source
  const bad = (problems: readonly Problem[]): BadConfig => {
    const found = source.sort(problems).map((one) => ({
      severity: 'error' as const,
      message: render(one),
      file,
      ...source.locate(one),
    }))
    return badConfig(found, files)
  }
  const result = checkConfig(value)
  const folder = dirname(file)
  const sound = result.isGood ? result.config : (result.sound ?? {})
  const pems = readPemFiles(sound, folder, root)
  files.push(...pems.files)
  const problems = [...pems.problems, ...checkRoots(sound, folder, root)]
  if (!result.isGood) return bad([...result.problems, ...problems])
  if (problems.length > 0) return bad(problems)
  const config = pems.unread.size === 0 ? result.config : withoutUnread(result.config, pems.unread)
  const spec = normalise(config, pems.texts, folder)
  const path = `/${basename(file)}`
  let graph: ModuleGraph
  try {
    graph = graphOf(path, spec)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const culprit = findCulprit(config, spec, (part) => graphOf(path, part))
    return bad([{ path: culprit, message: `cannot be run: ${reason}` }])
  }
  return {
    isGood: true,
    spec,
    graph,
    flow: flowOf(path, spec, config, source.rangeOf),
    config,
    files,
  }
}

/** YAML or JSON. */
function readText(file: string, given?: string): Source | BadConfig {
  const files = [file]
  try {
    const text = new ConfigText(given ?? readFileSync(file, 'utf8'))
    const problems = text.syntaxProblems()
    if (problems.length > 0) {
      return badConfig(
        problems.map((one) => ({ severity: 'error', file, ...one })),
        files,
      )
    }
    return {
      value: text.value(),
      files,
      sort: (problems) =>
        problems.toSorted((one, other) => text.offsetOf(one) - text.offsetOf(other)),
      locate: (problem) => text.locate(problem),
      rangeOf: (path) => text.rangeOf(path),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return badConfig([{ severity: 'error', message: reason, file, line: 0, column: 0 }], files)
  }
}

/** TypeScript or JavaScript, whose values have no lines. */
async function readModule(file: string, text?: string): Promise<Source | BadConfig> {
  const { loadModule, ModuleError } = await import('./config-module.ts')
  try {
    const { value, files } = await loadModule(file, text)
    return {
      value,
      files,
      sort: (problems) => [...problems],
      locate: () => ({ line: 0, column: 0 }),
    }
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error
    return badConfig(
      error.problems.map((one) => ({ severity: 'error', ...one })),
      [file],
    )
  }
}

/** The first file is the config itself. */
function badConfig(problems: LoadProblem[], files: string[]): BadConfig {
  const lines = problemLines(problems, dirname(files[0] ?? ''))
  return { isGood: false, lines, problems, files }
}

function render(problem: Problem): string {
  const path = formatPath(problem.path)
  return `${path === '' ? '' : `${path}: `}${problem.message}`
}
