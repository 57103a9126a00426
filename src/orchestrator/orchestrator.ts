import { isDeepStrictEqual } from 'node:util'
import { MAX_SEATS } from '../balancer/endpoint-connections.ts'
import { createEndpointMemory, EndpointTable } from '../balancer/endpoint-table.ts'
import {
  beginRateLimits,
  createRateMemory,
  dropRateLimits,
  keepRateLimits,
} from '../balancer/rate-memory.ts'
import { allowedProcessors } from '../native/addon.ts'
import { type LogLevel, logger } from '../observability/logger.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { createSharedMemory, releaseLockOf } from '../script/algo/shared-table.ts'
import type { ListenerFd, WorkerCounts } from '../worker/messages.ts'
import { assignSockets } from './adoption.ts'
import { checkAccessLog } from './check-access-log.ts'
import { Discovery } from './discovery.ts'
import { FlowMonitor } from './flow-monitor.ts'
import { HandOver } from './hand-over.ts'
import type { EndpointChange, EndpointState } from './health/endpoint-state.ts'
import { HealthMonitor, upstreamsOf } from './health/health-monitor.ts'
import type { InheritedSockets } from './inherited-sockets.ts'
import { ListenerTable } from './listener-table.ts'
import { Metrics } from './metrics/metrics.ts'
import { Shortages } from './shortages.ts'

import { StartError } from './start-error.ts'
import { Tracing } from './tracing/tracing.ts'
import { tuneV8 } from './tune-v8.ts'
import { WorkerSlot, type WorkerState } from './worker-slot.ts'

/** A slot that is down for longer has its sockets adopted; a plain restart is quicker than that. */
const ADOPT_AFTER_MS = 200

export interface OrchestratorOptions {
  workers: number
  /** Heap limit of one worker. */
  workerMemoryMb: number
  /** A worker that answers nothing for so long is replaced; 0, or left out, waits for ever. */
  hangTimeoutMs?: number
  /** Keep worker n on the n-th processor that the process may use, and begin again at the first. */
  pinsCpus?: boolean
  logLevel: LogLevel
  /** Count requests and what workers do, for somebody who reads it. */
  hasMetrics?: boolean
  /** Scripts and load balancers may follow each other, by `reload`. */
  runsAnything?: boolean
  /** Sockets that a service manager opened for this process. */
  inherited?: InheritedSockets
}

/** `starting` is also said while the replacement of a dead worker starts. */
export type OrchestratorState = 'starting' | 'running' | 'draining'

/** One worker, as operators see it. */
export interface WorkerStatus {
  /** Number of its slot. */
  readonly worker: number
  readonly state: WorkerState
  /** How many threads of the slot have died. */
  readonly deaths: number
  /** Why the last one did; empty if none has. */
  readonly lastDeath: string
}

/**
 * Runs one program on a number of workers: owns the listening sockets, replaces workers that die,
 * and changes their number. It never touches a proxied byte.
 */
export class Orchestrator {
  /** As it was given, where `#spec` has an endpoint for each address of a name. */
  #written: ProgramSpec
  #spec: ProgramSpec
  readonly #discovery: Discovery
  readonly #options: OrchestratorOptions
  readonly #listeners: ListenerTable
  /** Whether the workers are prepared for scripts. */
  readonly #runsScripts: boolean
  /** What scripts share between workers; it outlives workers and programs. */
  readonly #shared: SharedArrayBuffer | undefined
  /** What workers count; undefined when nobody reads it. */
  readonly metrics: Metrics | undefined
  /** What workers see of their sessions, when asked. */
  readonly flow: FlowMonitor = new FlowMonitor(() => this.#allSlots())
  /** Where workers' spans of requests go. */
  readonly tracing: Tracing = new Tracing()
  /** What all threads know of endpoints. */
  readonly #endpointMemory = createEndpointMemory(MAX_SEATS)
  /** What all threads know of rate limits. */
  readonly #rateMemory = createRateMemory()
  readonly #endpoints = new EndpointTable(this.#endpointMemory)
  readonly #health = new HealthMonitor(this.#endpoints)
  readonly #slots: WorkerSlot[] = []
  /** Those that workers are kept on, one each; empty if they may run anywhere. */
  readonly #processors: readonly number[]
  /** Workers that a smaller size has made superfluous, until their sessions are over. */
  readonly #retiring = new Set<WorkerSlot>()
  /** Which slot serves whose sockets at the moment. */
  #servers = new Map<number, number>()
  /** Slots that have ever been in use; their sockets stay open. */
  #owners = 0
  /** Number of workers that is asked for. */
  #workers = 0
  readonly #shortages = new Shortages()
  readonly #handOver = new HandOver(
    () => (this.#isDraining ? [] : this.#listeners.rows()),
    () => this.#slots.filter(({ state }) => state === 'Ready'),
  )
  #adoptTimer: NodeJS.Timeout | undefined
  #isDraining = false
  /** Number of the last reload. */
  #generation = 0
  /** Reloads and changes of size, one after the other. */
  #changes: Promise<void> = Promise.resolve()
  #waiters: (() => void)[] = []

  constructor(spec: ProgramSpec, options: OrchestratorOptions) {
    tuneV8()
    this.#written = spec
    this.#spec = spec
    this.#discovery = new Discovery(() => void this.#followNames())
    this.#options = options
    this.#processors = options.pinsCpus === true ? allowedProcessors() : []
    this.#listeners = new ListenerTable(options.inherited)
    this.#runsScripts = spec.kind === 'script' || options.runsAnything === true
    this.#shared = this.#runsScripts ? createSharedMemory() : undefined
    this.metrics = options.hasMetrics === true ? new Metrics() : undefined
  }

  /** Opens the listeners and starts the workers; resolves when all of them accept. */
  async start(): Promise<void> {
    checkAccessLog(this.#spec)
    await this.#discovery.learn(this.#written)
    if (this.#isDraining) return
    this.#spec = this.#discovery.expand(this.#written)
    await this.tracing.prepare(this.#spec)
    this.tracing.use(this.#spec)
    this.metrics?.use(this.#spec)
    this.#health.prepare(upstreamsOf(this.#spec))
    await this.#listeners.open(this.#spec.listen)
    for (let slot = 0; slot < this.#options.workers; slot++) this.#listeners.slot(slot)
    this.#grow(this.#options.workers)
    this.#health.watch(upstreamsOf(this.#spec))
    this.#discovery.watch(this.#written)
    await this.#until(() => this.#hasStarted())
    const failed = this.#slots.find(({ state }) => state !== 'Ready')
    if (failed === undefined || this.#isDraining) return
    this.stop()
    throw new StartError(`cannot start: ${failed.lastError}`)
  }

  /** Where the program listens, with real port numbers. */
  get addresses(): string[] {
    return this.#listeners.addresses()
  }

  /** Whether the program is a script, not a load balancer from options. */
  get runsScript(): boolean {
    return this.#spec.kind === 'script'
  }

  get workers(): number {
    return this.#slots.length
  }

  /** The program that new connections enter. */
  get spec(): ProgramSpec {
    return this.#spec
  }

  get state(): OrchestratorState {
    if (this.#isDraining) return 'draining'
    return this.#hasStarted() ? 'running' : 'starting'
  }

  /** How the workers are, those that finish their work before they go included. */
  workerStates(): WorkerStatus[] {
    return [...this.#allSlots()].map(({ slot, state, deaths, lastDeath }) => {
      return { worker: slot, state, deaths, lastDeath }
    })
  }

  /** Sessions that are left while draining. */
  get active(): number {
    let sum = 0
    for (const slot of this.#allSlots()) sum += slot.active
    return sum
  }

  /** Changes the number of workers; resolves when new ones accept. Old ones finish their work. */
  resize(workers: number): Promise<void> {
    return this.#afterOthers(() => this.#resize(workers))
  }

  /**
   * Replaces the program, or changes nothing and throws `StartError`. New connections enter the new
   * one when this resolves; those that stand follow between two requests, or finish in the old one.
   * Returns the addresses of new listeners.
   */
  async reload(spec: ProgramSpec): Promise<string[]> {
    let added: string[] = []
    await this.#afterOthers(async () => {
      await this.#discovery.learn(spec)
      added = await this.#reload(this.#discovery.expand(spec))
      this.#written = spec
      this.#discovery.watch(spec)
    })
    return added
  }

  /** What each worker has at the moment; without those that have no time to tell. */
  async counts(): Promise<WorkerCounts[]> {
    const counts = await Promise.all([...this.#allSlots()].map((slot) => slot.count()))
    return counts.filter((one) => one !== undefined)
  }

  /** Has the workers go on in new log files, after the present ones were moved. */
  reopenLogs(): void {
    for (const slot of this.#allSlots()) slot.post({ type: 'reopen' })
  }

  /** What is known of the endpoints of all upstreams. */
  endpoints(): EndpointState[] {
    return this.#health.states()
  }

  /**
   * Drains, disables, enables or weighs an endpoint, on all workers and through reloads; returns
   * whether there is one.
   */
  changeEndpoint(upstream: string, address: string, change: EndpointChange): boolean {
    return this.#health.change(upstream, address, change)
  }

  #afterOthers(change: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(change)
    this.#changes = done.catch(() => {})
    return done
  }

  /** Has the program follow the addresses of its names, by a reload that changes nothing else. */
  async #followNames(): Promise<void> {
    try {
      await this.#afterOthers(async () => {
        const spec = this.#discovery.expand(this.#written)
        if (!this.#isDraining && !isDeepStrictEqual(spec, this.#spec)) await this.#reload(spec)
      })
    } catch (error) {
      logger.error(`[dns] cannot use the new addresses: ${String(error)}`)
    }
  }

  async #reload(spec: ProgramSpec): Promise<string[]> {
    const generation = ++this.#generation
    await this.#until(() => this.#isDraining || this.#hasStarted())
    checkAccessLog(spec)
    await this.tracing.prepare(spec)
    // New sockets first: if one cannot be opened, nothing has changed.
    const change = await this.#listeners.prepare(spec.listen, this.#owners)
    try {
      this.#health.prepare(upstreamsOf(spec))
      beginRateLimits(this.#rateMemory, generation)
      await this.#build(generation, spec)
    } catch (error) {
      change.abandon()
      dropRateLimits(this.#rateMemory)
      for (const slot of this.#slots) slot.post({ type: 'discard', generation })
      throw error
    }
    this.#spec = spec
    this.metrics?.use(spec)
    this.tracing.use(spec)
    this.flow.programChanged()
    this.#health.watch(upstreamsOf(spec))
    const { added, closeRemoved } = change.commit()
    const switches = this.#slots.map((slot) => {
      if (slot.state === 'Ready') return slot.switch(generation, this.#listenersOf(slot.slot))
      slot.renew()
      return undefined
    })
    await Promise.all(switches)
    keepRateLimits(this.#rateMemory, generation)
    closeRemoved()
    return added
  }

  /** Has every worker build the program, also those that start meanwhile. */
  async #build(generation: number, spec: ProgramSpec): Promise<void> {
    const plan = this.metrics?.prepare(spec)
    for (;;) {
      if (this.#isDraining) throw new StartError('the process is about to end')
      const missing = this.#slots.filter(
        ({ state, builtGeneration }) => state === 'Ready' && builtGeneration !== generation,
      )
      if (missing.length === 0) return
      const errors = await Promise.all(missing.map((slot) => slot.build(generation, spec, plan)))
      // All have failed for the same reason, most likely: one of them is enough.
      const failed = errors.find((lines) => lines.length > 0)
      if (failed !== undefined) throw new StartError(failed.join('\n'))
    }
  }

  /** All sockets that a slot accepts from at the moment: its own and those it has adopted. */
  #listenersOf(slot: number): ListenerFd[] {
    const listeners = this.#listeners.slot(slot)
    for (const [owner, server] of this.#servers) {
      if (server === slot && owner !== slot) listeners.push(...this.#listeners.ownOf(owner))
    }
    return listeners
  }

  #hasStarted(): boolean {
    return this.#slots.every(({ state }) => state !== 'Starting')
  }

  async #resize(workers: number): Promise<void> {
    if (this.#isDraining) return
    if (workers > this.#slots.length) {
      this.#grow(workers)
      await this.#until(() => this.#hasStarted())
      return
    }
    const superfluous = this.#slots.splice(workers)
    this.#tellWorkers(workers)
    // Others accept from their sockets first: no connection waits in between.
    this.#assign()
    for (const slot of superfluous) {
      this.#retiring.add(slot)
      slot.drain(true)
    }
  }

  /** Stops accepting; resolves when all sessions have ended or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true
    clearTimeout(this.#adoptTimer)
    for (const slot of this.#allSlots()) slot.drain(false)
    const isOver = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref())
    await Promise.race([this.#until(() => this.#haveStoppedAccepting()), isOver])
    this.#listeners.close()
    await Promise.race([this.#until(() => this.active === 0), isOver])
    await this.tracing.finish()
  }

  /** Ends everything at once. */
  stop(): void {
    this.#isDraining = true
    clearTimeout(this.#adoptTimer)
    this.#health.stop()
    this.#discovery.stop()
    this.flow.programChanged()
    for (const slot of this.#allSlots()) slot.stop()
    this.#listeners.close()
  }

  *#allSlots(): Iterable<WorkerSlot> {
    yield* this.#slots
    yield* this.#retiring
  }

  #haveStoppedAccepting(): boolean {
    return [...this.#allSlots()].every(({ hasStoppedAccepting }) => hasStoppedAccepting)
  }

  #grow(workers: number): void {
    this.#tellWorkers(workers)
    while (this.#slots.length < workers) {
      const slot = this.#slots.length
      const seat = this.#freeSeat()
      this.#slots.push(
        new WorkerSlot({
          ...{ slot, seat },
          workerMemoryMb: this.#options.workerMemoryMb,
          hangTimeoutMs: this.#options.hangTimeoutMs ?? 0,
          setup: () => ({
            ...{ slot, seat },
            workers: this.#workers,
            spec: this.#spec,
            runsScripts: this.#runsScripts,
            listeners: this.#listeners.slot(slot),
            processor: this.#processors[slot % this.#processors.length],
            logLevel: this.#options.logLevel,
            shared: this.#shared,
            metrics: this.metrics?.forWorker(slot),
            endpoints: this.#endpointMemory,
            rates: this.#rateMemory,
          }),
          onChange: () => this.#onChange(),
          onFlow: (message) => this.flow.receive(slot, message),
          onSpans: (piece) => this.tracing.receive(piece),
          onShortage: (errno) => this.#shortages.report(slot, errno),
          onExit: (threadId) => {
            if (this.#shared !== undefined) releaseLockOf(this.#shared, threadId)
            this.metrics?.workerEnded(slot)
            this.#endpoints.connections.clear(seat)
            // Not at once: the slot has to know first.
            setImmediate(() => this.#handOver.share())
          },
        }),
      )
    }
    this.#owners = Math.max(this.#owners, workers)
  }

  /** The first that no worker has, also none that is about to end. */
  #freeSeat(): number {
    const taken = new Set([...this.#allSlots()].map(({ seat }) => seat))
    let seat = 0
    while (taken.has(seat)) seat++
    return seat
  }

  #tellWorkers(workers: number): void {
    this.#workers = workers
    for (const slot of this.#slots) slot.post({ type: 'workers', workers })
  }

  #onChange(): void {
    for (const slot of this.#retiring) {
      if (slot.state === 'Draining' && slot.active === 0 && slot.hasStoppedAccepting) {
        this.#retiring.delete(slot)
        slot.stop()
      }
    }
    if (!this.#isDraining) this.#watchSockets()
    this.flow.workersChanged()
    this.#handOver.share()
    for (const wake of this.#waiters.splice(0)) wake()
  }

  /** Gives sockets back as soon as their worker lives, and away when it stays dead. */
  #watchSockets(): void {
    for (const [owner, server] of this.#servers)
      if (this.#slots[server]?.state !== 'Ready') this.#servers.delete(owner)
    if (this.#slots.every(({ state }) => state === 'Ready')) this.#assign()
    else this.#adoptTimer ??= setTimeout(() => this.#assign(), ADOPT_AFTER_MS)
  }

  #assign(): void {
    clearTimeout(this.#adoptTimer)
    this.#adoptTimer = undefined
    const living = this.#slots.filter(({ state }) => state === 'Ready').map(({ slot }) => slot)
    const owners = Array.from({ length: this.#owners }, (_, slot) => slot)
    const before = this.#servers
    this.#servers = assignSockets(owners, living)
    // Adopt first, release then: a socket is better served twice than not at all.
    for (const [owner, server] of this.#servers) {
      if (server !== owner && before.get(owner) !== server)
        this.#slots[server]?.post({ type: 'adopt', listeners: this.#listeners.ownOf(owner) })
    }
    for (const [owner, server] of before) {
      if (server !== owner && this.#servers.get(owner) !== server)
        this.#slots[server]?.post({ type: 'release', listeners: this.#listeners.ownOf(owner) })
    }
  }

  async #until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#waiters.push(resolve))
  }
}
