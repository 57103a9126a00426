import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { ModuleGraph } from '../program/graph.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import { checkConfig } from './check-config.ts'
import { isConfigModule } from './config-file.ts'
import { graphOf, printConfig } from './describe.ts'
import { checkRoots } from './file-roots.ts'
import { normalise } from './normalise.ts'
import { readPemFiles } from './pem-files.ts'
import { formatPath, type Problem } from './problem.ts'
import type { ProcessConfig } from './schema/process.ts'
import { ConfigText } from './source-text.ts'

export type LoadConfigResult = GoodConfig | BadConfig

/** A config that can run. */
export interface GoodConfig {
  isGood: true
  spec: LoadBalancerSpec
  process: ProcessConfig
  graph: ModuleGraph
  /** The config as YAML, with all defaults. */
  text: string
  /** Absolute paths of the files that it was read from. */
  files: string[]
}

/** A config that cannot. */
export interface BadConfig {
  isGood: false
  /** What is wrong, one line for each problem. */
  lines: string[]
  files: string[]
}

/** What was read: a value, and how to tell where in it a problem is. */
interface Source {
  readonly value: unknown
  readonly files: string[]
  /** Places of the problems, in the order of the file. */
  sort(problems: readonly Problem[]): Problem[]
  locate(problem: Problem): string
}

/** Reads and checks a config; `file` is an absolute path. */
export async function loadConfig(file: string): Promise<LoadConfigResult> {
  const source = isConfigModule(file) ? await readModule(file) : readText(file)
  if ('isGood' in source) return source
  const { value, files } = source
  const bad = (problems: readonly Problem[]): BadConfig => {
    return { isGood: false, lines: source.sort(problems).map((one) => render(source, one)), files }
  }
  const result = checkConfig(value)
  if (!result.isGood) return bad(result.problems)
  const { config } = result
  const folder = dirname(file)
  const pems = readPemFiles(config, folder)
  files.push(...pems.files)
  const problems = [...pems.problems, ...checkRoots(config, folder)]
  if (problems.length > 0) return bad(problems)
  const spec = normalise(config, pems.texts, folder)
  const graph = graphOf(`/${basename(file)}`, spec)
  return {
    isGood: true,
    spec,
    process: config.process ?? {},
    graph,
    text: printConfig(config),
    files,
  }
}

/** YAML or JSON. */
function readText(file: string): Source | BadConfig {
  const files = [file]
  try {
    const text = new ConfigText(basename(file), readFileSync(file, 'utf8'))
    const errors = text.syntaxErrors()
    if (errors.length > 0) return { isGood: false, lines: errors, files }
    return {
      value: text.value(),
      files,
      sort: (problems) =>
        problems.toSorted((one, other) => text.offsetOf(one) - text.offsetOf(other)),
      locate: (problem) => text.locate(problem),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { isGood: false, lines: [`${basename(file)}: ${reason}`], files }
  }
}

/** TypeScript or JavaScript, whose values have no lines. */
async function readModule(file: string): Promise<Source | BadConfig> {
  const { loadModule, ModuleError } = await import('./config-module.ts')
  try {
    const { value, files } = await loadModule(file)
    return { value, files, sort: (problems) => [...problems], locate: () => basename(file) }
  } catch (error) {
    if (!(error instanceof ModuleError)) throw error
    return { isGood: false, lines: [...error.lines], files: [file] }
  }
}

function render(source: Source, problem: Problem): string {
  const path = formatPath(problem.path)
  return `${source.locate(problem)}: ${path === '' ? '' : `${path}: `}${problem.message}`
}
