import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { ModuleGraph } from '../program/graph.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import { checkConfig } from './check-config.ts'
import { graphOf, printConfig } from './describe.ts'
import { normalise } from './normalise.ts'
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

/** Reads and checks a config; `file` is an absolute path. */
export function loadConfig(file: string): LoadConfigResult {
  const files = [file]
  const bad = (lines: string[]): BadConfig => ({ isGood: false, lines, files })
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    return bad([`${basename(file)}: cannot be read: ${reasonOf(error)}`])
  }
  const text = new ConfigText(basename(file), content)
  const errors = text.syntaxErrors()
  if (errors.length > 0) return bad(errors)
  let value: unknown
  try {
    value = text.value()
  } catch (error) {
    return bad([`${basename(file)}: ${reasonOf(error)}`])
  }
  const result = checkConfig(value)
  if (!result.isGood) return bad(result.problems.map((problem) => render(text, problem)))
  const { config } = result
  const spec = normalise(config)
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

function render(text: ConfigText, problem: Problem): string {
  const path = formatPath(problem.path)
  return `${text.locate(problem)}: ${path === '' ? '' : `${path}: `}${problem.message}`
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
