import type { FilterDefinition, ModuleReference } from '../engine/definition.ts'
import type { Stage } from '../engine/layout.ts'
import { parseDuration } from '../engine/quantity.ts'
import { type extensions, type filters, registry } from '../filters/index.ts'
import { type ListenerOptions, readListenerPolicy } from '../net/listener-options.ts'
import type { ListenerPolicy } from '../net/listener-policy.ts'
import { createTlsServer, type TlsListenOptions, type TlsServer } from '../net/tls/options.ts'

/** Options of a script's `listen`. */
export interface ListenOptions extends ListenerOptions {
  /** Address to listen on; all IPv4 addresses unless given. */
  host?: string
  /** Other processes may listen on the same port. */
  reuse?: boolean
  /** Speak TLS with the clients. */
  tls?: TlsListenOptions
}

/** What starts the sessions of a pipeline. */
export type Entry =
  | {
      kind: 'listen'
      port: number
      options: ListenOptions
      tls: TlsServer | null
      policy: ListenerPolicy
    }
  | { kind: 'pipeline'; name: string }
  | { kind: 'task'; intervalMs: number }

/** One pipeline as the script wrote it. */
export interface PipelineRecipe {
  readonly entry: Entry
  readonly stages: Stage[]
  /** Names of the pipelines that its filters refer to. */
  readonly targets: string[]
  /** Pipelines of other modules that its filters refer to. */
  readonly references: ModuleReference[]
}

const SHORTEST_TASK_MS = 10
const LONGEST_TASK_MS = 86_400_000

/**
 * What `pipy()` makes: the pipelines of one module, built by chained calls. There is a method for
 * each filter of the registry; it appends to the pipeline opened last.
 */
export class Configuration {
  /** Initial values of the module's context variables. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly pipelines: PipelineRecipe[] = []

  constructor(variables: Readonly<Record<string, unknown>> = {}) {
    if (variables === null || typeof variables !== 'object') {
      throw new TypeError('argument #1 expects an object')
    }
    this.variables = variables
  }

  /** Opens a pipeline whose sessions are connections accepted on `port`. */
  listen(port: number | string, options?: ListenOptions | null): this {
    const number = typeof port === 'string' && /^\d+$/.test(port) ? Number(port) : port
    if (typeof number !== 'number') throw new TypeError('argument #1 expects a number')
    if (!Number.isInteger(number) || number < 0 || number > 65535) {
      throw new RangeError(`port out of range: ${number}`)
    }
    if (options !== undefined && options !== null && typeof options !== 'object') {
      throw new TypeError('argument #2 expects an object')
    }
    const tls = options?.tls === undefined ? null : createTlsServer(options.tls)
    const policy = readListenerPolicy(options ?? {})
    return this.#open({ kind: 'listen', port: number, options: options ?? {}, tls, policy })
  }

  /** Opens a pipeline that other pipelines of the module refer to by name. */
  pipeline(name: string): this {
    if (typeof name !== 'string') throw new TypeError('argument #1 expects a string')
    return this.#open({ kind: 'pipeline', name })
  }

  /** Opens a pipeline that runs at an interval: seconds, or a text such as `'5m'`. */
  task(interval: number | string): this {
    if (typeof interval !== 'number' && typeof interval !== 'string') {
      throw new TypeError('argument #1 expects a number or a string')
    }
    const intervalMs = parseDuration(interval)
    if (!(intervalMs >= SHORTEST_TASK_MS && intervalMs <= LONGEST_TASK_MS)) {
      throw new RangeError('time interval out of range')
    }
    return this.#open({ kind: 'task', intervalMs })
  }

  /** Appends a filter to the pipeline opened last. */
  append(definition: FilterDefinition, args: readonly unknown[]): this {
    const recipe = this.pipelines[this.pipelines.length - 1]
    if (recipe === undefined) throw new Error('no pipeline found')
    const create = definition.plan(...args)
    const targets = definition.targets?.(args) ?? []
    const reference = definition.reference?.(args)
    const tellsOfClient = definition.tellsOfClient?.(args) === true
    recipe.stages.push({
      name: definition.name,
      args,
      targets,
      ...(reference !== undefined && { reference }),
      tellsOfClient,
      create,
    })
    recipe.targets.push(...targets)
    if (reference !== undefined) recipe.references.push(reference)
    return this
  }

  #open(entry: Entry): this {
    this.pipelines.push({ entry, stages: [], targets: [], references: [] })
    return this
  }
}

for (const [name, definition] of registry) {
  Object.defineProperty(Configuration.prototype, name, {
    value: function (this: Configuration, ...args: unknown[]): Configuration {
      return this.append(definition, args)
    },
  })
}

type Filters = typeof filters & typeof extensions

/** A `Configuration` with a method for every filter, typed by the filter's own arguments. */
export interface Builder extends Configuration, FilterMethods {}

type FilterMethods = {
  [Name in keyof Filters]: (...args: Parameters<Filters[Name]['plan']>) => Builder
}

/** Begins a program: `pipy({ variable: initialValue }).listen(8080).…`. */
export function pipy(variables?: Record<string, unknown>): Builder {
  // The methods are added to the prototype above, where the type checker cannot follow.
  return new Configuration(variables) as Builder
}
