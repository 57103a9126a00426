import type { RuntimeLog } from '../engine/runtime.ts'
import type { Reactor } from '../native/reactor.ts'
import { type ShortageListener, Sockets } from '../native/sockets.ts'
import { type Downstream, isDownstream } from '../net/inbound.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { FlowWatcher } from './flow-watcher.ts'
import type { FlowMessage, ListenerFd, TapSpec, WatchScope, WorkerCounts } from './messages.ts'
import type { Observation } from './observers.ts'
import { buildProgram, type ProgramHost } from './program-host.ts'

/** How this worker differs from others, and what it shares with them. */
export interface ProgramsOptions {
  reactor: Reactor
  log: RuntimeLog
  /** Tasks run on one worker only. */
  runsTasks: boolean
  /** What scripts share between workers. */
  shared: SharedArrayBuffer | undefined
  /** Number of workers, which is told anew when it changes. */
  workers: number
  /** What all threads know of endpoints, and this one's seat there. */
  endpoints: { memory: SharedArrayBuffer; seat: number } | undefined
  /** Who owes what of rate limits. */
  rates: SharedArrayBuffer
  onShortage: ShortageListener
  observation: Observation
  /** Tells the orchestrator what is seen of sessions. */
  tell: (message: FlowMessage) => void
}

/** A socket that this worker accepts from. */
interface OpenListener {
  /** The reactor's number of it. */
  readonly id: number
  readonly row: number
}

/** How often replaced programs are looked at, whether they are over. */
const STALE_CHECK_MS = 1000
/** A task of a replaced program has this long to end its last run. */
const LAST_RUN_MS = 60_000

/**
 * The programs of one worker: the current one, which gets all new connections, and those it has
 * replaced, which live as long as they have sessions.
 */
export class Programs {
  readonly #options: ProgramsOptions
  #workers: number
  readonly #sockets: Sockets
  /** The listeners that this worker accepts from, by descriptor. */
  readonly #listeners = new Map<number, OpenListener>()
  /** All that have sessions; the current one is the last. */
  #hosts: ProgramHost[] = []
  #next: { generation: number; host: ProgramHost; isScript: boolean } | null = null
  #staleTimer: NodeJS.Timeout | undefined
  readonly #watcher: FlowWatcher

  constructor(options: ProgramsOptions) {
    this.#options = options
    this.#workers = options.workers
    this.#sockets = new Sockets(options.reactor, () => this.#endBatch())
    this.#sockets.onShortage = options.onShortage
    this.#watcher = new FlowWatcher(this.#sockets, options.tell)
  }

  /** Starts the first program. Throws what its script throws. */
  async start(
    spec: ProgramSpec,
    listeners: readonly ListenerFd[],
    plan: MetricsPlan | undefined,
  ): Promise<void> {
    this.#hosts.push(await this.#build(spec, plan))
    this.#watcher.follow(this.#current.layouts(), spec.kind === 'script')
    // Not earlier: connections wait in the sockets until there is a program to serve them.
    this.accept(listeners)
    if (this.#options.runsTasks) this.#current.startTasks()
  }

  /** Makes a program beside the running one. Throws what its script throws. */
  async prepare(
    generation: number,
    spec: ProgramSpec,
    plan: MetricsPlan | undefined,
  ): Promise<void> {
    const host = await this.#build(spec, plan)
    this.#next = { generation, host, isScript: spec.kind === 'script' }
  }

  /** The number of workers has changed. */
  setWorkers(workers: number): void {
    this.#workers = workers
  }

  discard(generation: number): void {
    if (this.#next?.generation !== generation) return
    this.#next = null
    this.#keepLogs()
  }

  /** Makes the prepared program the current one; it accepts from `listeners` and no others. */
  switch(generation: number, listeners: readonly ListenerFd[]): void {
    if (this.#next?.generation !== generation) return
    const before = this.#current
    const { host, isScript } = this.#next
    this.#next = null
    this.#hosts.push(host)
    this.#watcher.follow(host.layouts(), isScript)
    this.accept(listeners)
    for (const fd of [...this.#listeners.keys()]) {
      if (!listeners.some((listener) => listener.fd === fd)) this.#remove(fd)
    }
    host.inherit(this.#downstreams())
    before.retire()
    setTimeout(() => before.endTasks(), LAST_RUN_MS).unref()
    if (this.#options.runsTasks) host.startTasks()
    this.#staleTimer ??= setInterval(() => this.#forgetStale(), STALE_CHECK_MS)
    this.#sockets.settle()
  }

  /** Accepts from these sockets for the current program, also if it did so for an earlier one. */
  accept(listeners: readonly ListenerFd[]): void {
    for (const { index, fd, row } of listeners) {
      const id = this.#listeners.get(fd)?.id ?? this.#options.reactor.addListener(fd, row)
      this.#listeners.set(fd, { id, row })
      this.#current.adopt({ index, id })
    }
  }

  /** Goes on with connections whose worker has died, if it listens where they came in. */
  takeOver(row: number, count: number): void {
    const listener = [...this.#listeners.values()].find((one) => one.row === row)
    if (listener !== undefined) this.#sockets.takeOver(row, listener.id, count)
  }

  release(listeners: readonly ListenerFd[]): void {
    for (const { fd } of listeners) this.#remove(fd)
  }

  /** Accepts nothing new, and begins nothing by itself. */
  stopAccepting(): void {
    for (const fd of [...this.#listeners.keys()]) this.#remove(fd)
    for (const host of this.#hosts) host.retire()
  }

  /** Answers what is in progress and closes what is idle; with `isPatient` after one more request. */
  drain(isPatient: boolean): void {
    for (const connection of this.#downstreams()) connection.drain(isPatient)
    this.#sockets.settle()
  }

  /** Number of open downstream connections and of tasks in progress. */
  active(): number {
    return this.#hosts.reduce((sum, host) => sum + host.active(), 0)
  }

  /** Brings what policies count into the memory of metrics. */
  writePolicies(): void {
    for (const { policies } of this.#hosts) policies?.write()
  }

  /** Looks at the sessions of the current program, or at no more than these taps need. */
  watch(wanted: WatchScope, taps: readonly TapSpec[]): void {
    this.#watcher.want(wanted, taps)
  }

  counts(): WorkerCounts {
    const current = this.#current
    const pipelines = this.#hosts.flatMap((host) =>
      host.counts(host !== current).filter(({ isStale, active }) => !isStale || active > 0),
    )
    let inbound = 0
    let outbound = 0
    for (const handler of this.#sockets.handlers()) {
      if (isDownstream(handler)) inbound++
      else outbound++
    }
    const counters = [...this.#options.reactor.counters]
    const kept = this.#hosts.reduce((sum, { runtime }) => sum + runtime.keptCount, 0)
    return {
      pipelines,
      instances: { Inbound: inbound, Outbound: outbound, Session: kept },
      counters,
    }
  }

  *#downstreams(): Iterable<Downstream> {
    for (const handler of this.#sockets.handlers()) if (isDownstream(handler)) yield handler
  }

  get #current(): ProgramHost {
    return this.#hosts[this.#hosts.length - 1] as ProgramHost
  }

  #build(spec: ProgramSpec, plan: MetricsPlan | undefined): Promise<ProgramHost> {
    const { log, shared, endpoints, rates, observation } = this.#options
    const shareOf = (total: number): number => Math.ceil(total / this.#workers)
    const sockets = this.#sockets
    const common = { shared, endpoints, rates, observation }
    return buildProgram({ sockets, spec, log, shareOf, plan, ...common })
  }

  #remove(fd: number): void {
    const listener = this.#listeners.get(fd)
    if (listener === undefined) return
    const { id } = listener
    this.#listeners.delete(fd)
    this.#options.reactor.removeListener(id)
    // What it has accepted before may still be on its way; the program behind it is kept no longer.
    setTimeout(() => this.#sockets.setAcceptor(id, undefined), STALE_CHECK_MS).unref()
  }

  #endBatch(): void {
    const hosts = this.#hosts
    for (let i = 0; i < hosts.length; i++) (hosts[i] as ProgramHost).runtime.endBatch()
  }

  #forgetStale(): void {
    const current = this.#current
    // Connections that were busy then may be idle now, and keep a program that nobody else needs.
    current.inherit(this.#downstreams())
    this.#sockets.settle()
    const isKept = (host: ProgramHost): boolean => host === current || !host.isOver
    for (const host of this.#hosts) if (!isKept(host)) host.policies?.end()
    this.#hosts = this.#hosts.filter(isKept)
    this.#keepLogs()
    if (this.#hosts.length > 1) return
    clearInterval(this.#staleTimer)
    this.#staleTimer = undefined
  }

  /** Logs of programs that are over are closed. */
  #keepLogs(): void {
    const hosts = this.#next === null ? this.#hosts : [...this.#hosts, this.#next.host]
    this.#options.observation.logs.keep(new Set(hosts.flatMap(({ logPaths }) => [...logPaths])))
  }
}
