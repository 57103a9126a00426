import { resolve } from 'node:path'
import type { AccessLogSpec } from '../engine/request-observer.ts'
import { type RecordOptions, readRecordOptions } from '../filters/access-log/record-options.ts'
import { beginRequest } from '../filters/begin-request.ts'
import { demux } from '../filters/demux.ts'
import { endRequest } from '../filters/end-request.ts'
import { mirror } from '../filters/mirror.ts'
import { mux } from '../filters/mux.ts'
import type { Configuration, PipelineRecipe } from './configuration.ts'
import type { ScriptRecords } from './spec.ts'

/**
 * What is known of the messages of a pipeline:
 *
 *     connection -> request    below demux, and as a copy of mirror: one message for each context
 *     request    -> recorded   from beginRequest to endRequest
 *     any        -> connection below mux, whose sessions many requests share
 */
type State = 'connection' | 'request' | 'recorded'

/**
 * Which requests a program records. Throws when `beginRequest` and `endRequest` do not belong
 * together, or are where there is no single request. The program's references are known to be good;
 * `findModule` gives the index of a module by its name.
 */
export function recordsOf(
  configurations: readonly Configuration[],
  findModule: (name: string) => number,
  root: string,
): ScriptRecords | undefined {
  const logs = new Map<string, AccessLogSpec>()
  let isUsed = false
  for (const { pipelines } of configurations) {
    for (const recipe of pipelines) {
      checkPair(recipe)
      const options = optionsOf(recipe)
      if (options === null) continue
      isUsed = true
      if (options.log !== undefined) {
        const log = { ...options.log, path: resolve(root, options.log.path) }
        logs.set(JSON.stringify(log), log)
      }
    }
  }
  if (!isUsed) return undefined
  const walk = new Walk(configurations, findModule)
  const listeners: number[] = []
  let index = 0
  for (const [module, { pipelines }] of configurations.entries()) {
    for (const recipe of pipelines) {
      if (recipe.entry.kind === 'pipeline') continue
      // The run of a task is one request at most.
      const isTask = recipe.entry.kind === 'task'
      const records = walk.visit(module, recipe, isTask ? 'request' : 'connection')
      if (isTask) continue
      if (records) listeners.push(index)
      index++
    }
  }
  return { listeners, logs: [...logs.values()] }
}

/** The options of a pipeline's `beginRequest`; `null` when it has none. */
function optionsOf({ stages }: PipelineRecipe): { log: AccessLogSpec | undefined } | null {
  const stage = stages.find(({ name }) => name === beginRequest.name)
  if (stage === undefined) return null
  // The filter has accepted them.
  return { log: readRecordOptions(stage.args[0] as RecordOptions | undefined) }
}

function checkPair(recipe: PipelineRecipe): void {
  const names = recipe.stages.map(({ name }) => name)
  const [begin, end] = [names.indexOf(beginRequest.name), names.indexOf(endRequest.name)]
  const where = `in ${titleOf(recipe)}`
  if (begin !== names.lastIndexOf(beginRequest.name)) {
    throw new Error(`beginRequest twice ${where}: a request has one record`)
  }
  if (end !== names.lastIndexOf(endRequest.name)) {
    throw new Error(`endRequest twice ${where}: a request has one record`)
  }
  if (begin >= 0 && end < begin) {
    throw new Error(`beginRequest without endRequest ${where}: add .endRequest() at its end`)
  }
  if (end >= 0 && begin < 0) {
    throw new Error(`endRequest without beginRequest ${where}: add .beginRequest() at its start`)
  }
}

class Walk {
  readonly #configurations: readonly Configuration[]
  readonly #findModule: (name: string) => number
  /** Whether anything is recorded from a pipeline on, by what was known before it. */
  readonly #found = new Map<PipelineRecipe, Map<State, boolean>>()

  constructor(configurations: readonly Configuration[], findModule: (name: string) => number) {
    this.#configurations = configurations
    this.#findModule = findModule
  }

  visit(module: number, recipe: PipelineRecipe, given: State): boolean {
    const known = this.#found.get(recipe) ?? new Map<State, boolean>()
    this.#found.set(recipe, known)
    const found = known.get(given)
    if (found !== undefined) return found
    let state = given
    let records = false
    for (const { name, targets = [], reference } of recipe.stages) {
      if (name === beginRequest.name) {
        state = begin(recipe, state)
        records = true
      } else if (name === endRequest.name) state = given
      const next = below(name, state)
      for (const target of targets) {
        if (this.#enter(module, target, next)) records = true
      }
      if (reference !== undefined) {
        const other = this.#findModule(reference.module)
        if (this.#enter(other, reference.pipeline, next)) records = true
      }
    }
    known.set(given, records)
    return records
  }

  #enter(module: number, name: string, state: State): boolean {
    const recipe = this.#configurations[module]?.pipelines.find(
      ({ entry }) => entry.kind === 'pipeline' && entry.name === name,
    )
    return recipe !== undefined && this.visit(module, recipe, state)
  }
}

function begin(recipe: PipelineRecipe, state: State): State {
  const where = `beginRequest in ${titleOf(recipe)}`
  if (state === 'connection') {
    throw new Error(`${where} is not below demux: only there has each request a session of its own`)
  }
  if (state === 'recorded') {
    throw new Error(`${where} records requests that a pipeline before it records already`)
  }
  return 'recorded'
}

function below(filter: string, state: State): State {
  if (filter === demux.name || filter === mirror.name) return 'request'
  return filter === mux.name ? 'connection' : state
}

function titleOf({ entry }: PipelineRecipe): string {
  if (entry.kind === 'pipeline') return `pipeline ${entry.name}`
  return entry.kind === 'listen'
    ? `the pipeline of listen(${entry.port})`
    : 'the pipeline of a task'
}
