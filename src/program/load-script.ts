import { basename, dirname, join, resolve } from 'node:path'
import type { ConsoleWriter } from '../script/console.ts'
import { checkProgram } from './build.ts'
import { Configuration } from './configuration.ts'
import { drawFlow } from './flow/flow.ts'
import type { FlowModule } from './flow/flow-graph.ts'
import { sketchConfiguration } from './flow/sketch-configuration.ts'
import { sketchScript } from './flow/sketch-script.ts'
import { drawGraph, type ModuleGraph } from './graph.ts'
import type { LoadProblem } from './load-problem.ts'
import { recordsOf } from './recorded-requests.ts'
import { compileProgram } from './script/compile-program.ts'
import type { CompiledModule } from './script/compiled-module.ts'
import { evaluateModule, type ScriptGlobals } from './script/instantiate.ts'
import { modulePath } from './script/module-path.ts'
import { moduleReader } from './script/module-reader.ts'
import { recordUses } from './script/record-uses.ts'
import { describeRuntimeError, findRuntimeError } from './script/runtime-error.ts'
import { formatScriptError, ScriptError } from './script/script-error.ts'
import { createProgramGlobals } from './script-globals.ts'
import type { ListenSpec, ScriptSpec } from './spec.ts'

export type LoadResult = GoodScript | BadScript

/** A line that a script has printed while it was looked at. */
export interface PrintedLine {
  readonly level: Parameters<ConsoleWriter>[0]
  readonly line: string
}

/** A script that can run. */
export interface GoodScript {
  isGood: true
  spec: ScriptSpec
  /** One for each module. */
  graphs: ModuleGraph[]
  /** The same as one graph. */
  flow: FlowModule[]
  /** Absolute paths of all modules. */
  files: string[]
  printed: PrintedLine[]
}

/** A script that cannot. */
export interface BadScript {
  isGood: false
  /** Log lines that tell what is wrong. */
  lines: string[]
  /** The same, for those who know what to do with places. */
  problems: LoadProblem[]
  /** Absolute paths of the modules that were read, or should have been. */
  files: string[]
  printed: PrintedLine[]
}

/**
 * Compiles a script with all modules that it uses, and evaluates it to see where it listens and
 * whether the pipelines that it refers to exist. `text` stands for what the file has, or would have.
 */
export function loadScript(file: string, text?: string): LoadResult {
  let modules: readonly CompiledModule[] = []
  const root = dirname(resolve(file))
  const entry = `/${basename(file)}`
  const read = moduleReader(root, entry)
  const files: string[] = []
  const readFile = (path: string): string | undefined => {
    files.push(join(root, path))
    return path === entry && text !== undefined ? text : read(path)
  }
  let printed: PrintedLine[] = []
  const write: ConsoleWriter = (level, line) => printed.push({ level, line })
  try {
    const globals = createProgramGlobals({ root, write, runtime: null })
    const findUses = (compiled: CompiledModule): string[] => recordUses(compiled, globals)
    const program = compileProgram(file, { findUses, readFile })
    modules = program.modules
    // Looking for used modules has evaluated them for a first time.
    printed = []
    const configurations = modules.map((compiled) => evaluate(compiled, globals))
    const findModule = (name: string): number =>
      modules.findIndex(({ path }) => path === modulePath(name))
    checkProgram(configurations, findModule)
    const records = recordsOf(configurations, findModule, root)
    const listen = configurations.flatMap(listensOf)
    const sketches = configurations.map((configuration, index) => {
      const { path, source } = modules[index] as CompiledModule
      return { path, pipelines: sketchConfiguration(configuration, sketchScript(path, source)) }
    })
    const graphs = sketches.map(({ path, pipelines }) => drawGraph(path, pipelines))
    const flow = drawFlow(sketches)
    const spec: ScriptSpec = {
      ...{ kind: 'script', listen, program },
      ...(records !== undefined && { records }),
    }
    return { isGood: true, spec, graphs, flow, files, printed }
  } catch (error) {
    const isScriptError = error instanceof ScriptError
    const lines = isScriptError ? formatScriptError(error) : describeRuntimeError(error, modules)
    return { isGood: false, lines, problems: [problemOf(error, modules, root)], files, printed }
  }
}

/** What is odd about a script that can run. */
export function warningsOf({ spec }: GoodScript): LoadProblem[] {
  const { root, modules } = spec.program
  return modules.flatMap(({ path, warnings }) =>
    warnings.map((one) => ({ severity: 'warning' as const, file: join(root, path), ...one })),
  )
}

function problemOf(error: unknown, modules: readonly CompiledModule[], root: string): LoadProblem {
  const { message, path, line, column } =
    error instanceof ScriptError ? error : findRuntimeError(error, modules)
  return { severity: 'error', message, file: join(root, path), line, column }
}

function evaluate(compiled: CompiledModule, globals: ScriptGlobals): Configuration {
  const value = evaluateModule(compiled, globals)
  if (value instanceof Configuration) return value
  throw new ScriptError('file', 'Script did not return a Configuration object', compiled.path)
}

function listensOf({ pipelines }: Configuration): ListenSpec[] {
  return pipelines.flatMap(({ entry }) => {
    if (entry.kind !== 'listen') return []
    const { host = '0.0.0.0', reuse } = entry.options
    const { port, policy } = entry
    return [{ host, port, ...(reuse !== undefined && { isShared: reuse }), ...policy }]
  })
}
