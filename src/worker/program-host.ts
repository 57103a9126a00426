import { EndpointTable } from '../balancer/endpoint-table.ts'
import type { Layout } from '../engine/layout.ts'
import { Runtime, type RuntimeLog } from '../engine/runtime.ts'
import type { Sockets } from '../native/sockets.ts'
import type { Downstream } from '../net/inbound.ts'
import type { ListenerPolicy, ListenerTimeouts } from '../net/listener-policy.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import { buildModule, type RootLayout } from '../program/build.ts'
import type { Configuration } from '../program/configuration.ts'
import { needsAddresses } from '../program/lb/gates.ts'
import { loadBalancer, type Traffic } from '../program/lb/load-balancer.ts'
import type { Upstream } from '../program/lb/upstream.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { ConnectionCounts } from './connection-counts.ts'
import { ListenerHost, type ListenerProgram } from './listener-host.ts'
import type { PipelineCount } from './messages.ts'
import { accessLogsOf, type Observation, observersOf, recorderOf } from './observers.ts'
import { PolicyMetrics } from './policy-metrics.ts'
import { observeRefusals } from './refusals.ts'
import { TaskRunner } from './task-runner.ts'

/** A listener of the reactor that serves one of the program's `listen` entries. */
export interface BoundListener {
  /** Index in the program's `listen`. */
  index: number
  /** The reactor's id. */
  id: number
}

/** What a program on a worker is made of. */
export interface ProgramHostOptions {
  sockets: Sockets
  spec: ProgramSpec
  log: RuntimeLog
  /** What scripts share between workers. */
  shared: SharedArrayBuffer | undefined
  observation: Observation
  /** Where the program's metrics are. */
  plan: MetricsPlan | undefined
  /** Gives this worker's part of a number that is for all workers. */
  shareOf: (total: number) => number
  /** What all threads know of endpoints, and this one's seat there. */
  endpoints: { memory: SharedArrayBuffer; seat: number } | undefined
  /** Who owes what of rate limits. */
  rates: SharedArrayBuffer
}

/** Builds a program's pipelines on this worker; nothing runs yet. Throws what the script throws. */
export async function buildProgram(options: ProgramHostOptions): Promise<ProgramHost> {
  const { sockets, spec, log, shared, observation, plan, shareOf, endpoints, rates } = options
  const table = endpoints && new EndpointTable(endpoints.memory, endpoints.seat)
  const runtime = new Runtime(log, sockets)
  runtime.rateMemory = rates
  const observers = spec.kind === 'lb' ? observersOf(spec, observation, plan) : []
  const recorder = recorderOf(spec, runtime, observation, plan)
  runtime.recorder = recorder
  const { numbers } = observation
  const traffic =
    numbers === undefined || plan === undefined
      ? null
      : { numbers, listeners: plan.connections, targets: plan.targets }
  let policies: PolicyMetrics | null = null
  const onUpstreams = (upstreams: readonly Upstream[]): void => {
    if (numbers !== undefined && plan !== undefined)
      policies = new PolicyMetrics(numbers, upstreams, plan.policies)
  }
  // Load balancers do not pay for the script language.
  const configurations =
    spec.kind === 'lb'
      ? [
          loadBalancer(spec, runtime, {
            ...{ observers, table, shareOf, onUpstreams },
            ...(traffic !== null && { traffic }),
          }),
        ]
      : await (await import('../program/script-program.ts')).loadModules(spec, runtime, shared)
  const roots = configurations.flatMap((configuration: Configuration, module) =>
    buildModule(runtime, module, configuration),
  )
  const listeners = roots.filter(({ entry }) => entry.kind === 'listen')
  if (recorder !== null || observers.length > 0) {
    const layouts = listeners.map(({ layout }) => layout)
    observeRefusals(runtime, layouts, (layout) => recorder?.observersBelow(layout) ?? observers)
  }
  const needsPeers =
    spec.kind === 'script' ||
    observers.some((one) => one.needsClient === true) ||
    needsAddresses(spec)
  const logPaths = recorder?.paths ?? accessLogsOf(spec)
  return new ProgramHost(runtime, roots, spec, { needsPeers, shareOf, policies, traffic, logPaths })
}

interface ProgramFacts extends Pick<ListenerProgram, 'needsPeers' | 'shareOf'> {
  readonly policies: PolicyMetrics | null
  /** Where its connections are counted, if somebody reads it. */
  readonly traffic: Traffic | null
  /** The files of its access logs. */
  readonly logPaths: ReadonlySet<string>
}

/**
 * A program on this worker.
 *
 *     Built   -> Running   startTasks() and adopt()
 *     Running -> Retired   another program takes over; what is in progress ends here
 *     any     -> Draining  the worker is about to end
 */
export class ProgramHost implements ListenerProgram {
  readonly needsPeers: boolean
  readonly runtime: Runtime
  readonly shareOf: (total: number) => number
  /** What its policies count, if somebody reads it. */
  readonly policies: PolicyMetrics | null
  /** The files of its access logs. */
  readonly logPaths: ReadonlySet<string>
  readonly #roots: readonly RootLayout[]
  readonly #listeners: readonly ListenerHost[]
  readonly #modules: readonly string[]
  /** What a connection does with its next request depends on nothing that came before. */
  readonly #isMovable: boolean
  #tasks: readonly TaskRunner[] = []
  #active = 0
  /** Gets no new work: retired or draining. */
  #isEnding = false

  constructor(
    runtime: Runtime,
    roots: readonly RootLayout[],
    spec: ProgramSpec,
    { needsPeers, shareOf, policies, traffic, logPaths }: ProgramFacts,
  ) {
    const isScript = spec.kind === 'script'
    this.#isMovable = !isScript
    this.runtime = runtime
    this.shareOf = shareOf
    this.policies = policies
    this.logPaths = logPaths
    this.#roots = roots
    this.#modules = isScript ? spec.program.modules.map(({ path }) => path) : []
    this.needsPeers = needsPeers
    this.#listeners = this.#makeListeners(roots, spec, traffic)
  }

  /** Serves one more socket of a listener. */
  adopt({ index, id }: BoundListener): void {
    const listener = this.#listeners[index]
    if (listener === undefined) throw new RangeError(`the program has no listener ${index}`)
    listener.adopt(id)
  }

  opened(): void {
    this.#active++
  }

  closed(connection: number): void {
    this.runtime.sockets.detach(connection)
    this.left()
  }

  left(): void {
    this.#active--
    this.#checkEnd()
  }

  /**
   * Makes connections of an earlier program go on in this one, each between two of its requests.
   * Those that cannot, with TLS or of a listener that is no more, are told to close with their next
   * response. Scripts keep theirs, whose variables live as long as the connection.
   */
  inherit(connections: Iterable<Downstream>): void {
    if (!this.#isMovable) return
    for (const connection of connections) {
      const { owner } = connection
      if (!(owner instanceof ListenerHost) || this.#listeners.includes(owner)) continue
      const heir = this.#listeners.find((one) => one.succeeds(owner))
      const canMove = heir?.isPlainHttp === true && owner.isPlainHttp
      if (!canMove || connection.moveTo?.(heir) !== true) connection.drain(true)
    }
  }

  /** Number of open downstream connections and of tasks in progress. */
  active(): number {
    return this.#active + this.#tasks.filter(({ isBusy }) => isBusy).length
  }

  /** Whether nothing of the program is left: no connection, and no session of any pipeline. */
  get isOver(): boolean {
    return this.active() === 0 && this.layouts().every(({ active }) => active === 0)
  }

  startTasks(): void {
    this.#tasks = this.#roots.flatMap(({ layout, entry }) =>
      entry.kind === 'task'
        ? [new TaskRunner(layout, entry.intervalMs, () => this.#checkEnd())]
        : [],
    )
    for (const task of this.#tasks) task.start()
  }

  /** Begins nothing by itself any more; connections go on as long as they like. */
  retire(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    for (const task of this.#tasks) task.stop()
    this.#checkEnd()
    this.runtime.sockets.settle()
  }

  /** Ends the runs of tasks that are still in progress. */
  endTasks(): void {
    for (const task of this.#tasks) task.end()
    this.#checkEnd()
    this.runtime.sockets.settle()
  }

  /** How many sessions each pipeline has. */
  counts(isStale: boolean): PipelineCount[] {
    return this.layouts().map(({ module, name, allocated, active }) => ({
      module: this.#modules[module] ?? '',
      pipeline: name,
      isStale,
      allocated,
      active,
    }))
  }

  /** All pipelines. */
  layouts(): Layout[] {
    return [...this.#roots.map(({ layout }) => layout), ...this.runtime.layouts()]
  }

  #makeListeners(
    roots: readonly RootLayout[],
    spec: ProgramSpec,
    traffic: Traffic | null,
  ): ListenerHost[] {
    const timeouts = spec.kind === 'lb' ? idleTimeouts(spec.idleMs) : {}
    const listens = roots.filter(({ entry }) => entry.kind === 'listen')
    return listens.map(({ layout, entry }, index) => {
      const given: ListenerPolicy = spec.listen[index] ?? {}
      const tls = entry.kind === 'listen' ? entry.tls : null
      const policy = { ...given, timeouts: { ...timeouts, ...given.timeouts } }
      const at = traffic?.listeners[index] ?? -1
      const counts = traffic === null || at < 0 ? null : new ConnectionCounts(traffic.numbers, at)
      return new ListenerHost(this, index, layout, tls, policy, counts)
    })
  }

  /** What scripts keep ends with the last session that may need it. */
  #checkEnd(): void {
    if (this.#isEnding && this.active() === 0) this.runtime.releaseAll()
  }
}

/** One time-out for both kinds of idle connections. */
function idleTimeouts(idleMs: number): Partial<ListenerTimeouts> {
  return { idleMs, keepAliveMs: idleMs }
}
