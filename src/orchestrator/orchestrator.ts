import type { LogLevel } from '../observability/logger.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { assignSockets } from './adoption.ts'
import { ListenerTable } from './listener-table.ts'
import { StartError } from './start-error.ts'
import { WorkerSlot } from './worker-slot.ts'

/** A slot that is down for longer has its sockets adopted; a plain restart is quicker than that. */
const ADOPT_AFTER_MS = 200

export interface OrchestratorOptions {
  workers: number
  /** Heap limit of one worker. */
  workerMemoryMb: number
  logLevel: LogLevel
}

/**
 * Runs one program on a number of workers: owns the listening sockets, replaces workers that die,
 * and changes their number. It never touches a proxied byte.
 */
export class Orchestrator {
  readonly #spec: ProgramSpec
  readonly #options: OrchestratorOptions
  readonly #listeners = new ListenerTable()
  readonly #slots: WorkerSlot[] = []
  /** Workers that a smaller size has made superfluous, until their sessions are over. */
  readonly #retiring = new Set<WorkerSlot>()
  /** Which slot serves whose sockets at the moment. */
  #servers = new Map<number, number>()
  /** Slots that have ever been in use; their sockets stay open. */
  #owners = 0
  #adoptTimer: NodeJS.Timeout | undefined
  #isDraining = false
  #waiters: (() => void)[] = []

  constructor(spec: ProgramSpec, options: OrchestratorOptions) {
    this.#spec = spec
    this.#options = options
  }

  /** Opens the listeners and starts the workers; resolves when all of them accept. */
  async start(): Promise<void> {
    await this.#listeners.open(this.#spec.listen)
    for (let slot = 0; slot < this.#options.workers; slot++) this.#listeners.slot(slot)
    this.#grow(this.#options.workers)
    await this.#until(() => this.#slots.every(({ state }) => state !== 'Starting'))
    const failed = this.#slots.find(({ state }) => state !== 'Ready')
    if (failed === undefined || this.#isDraining) return
    this.stop()
    throw new StartError(`cannot start: ${failed.lastError}`)
  }

  /** Where the program listens, with real port numbers. */
  get addresses(): string[] {
    return this.#listeners.addresses()
  }

  get workers(): number {
    return this.#slots.length
  }

  /** Sessions that are left while draining. */
  get active(): number {
    let sum = 0
    for (const slot of this.#allSlots()) sum += slot.active
    return sum
  }

  /** Changes the number of workers; resolves when new ones accept. Old ones finish their work. */
  async resize(workers: number): Promise<void> {
    if (this.#isDraining) return
    if (workers > this.#slots.length) {
      this.#grow(workers)
      await this.#until(() => this.#slots.every(({ state }) => state !== 'Starting'))
      return
    }
    const superfluous = this.#slots.splice(workers)
    // Others accept from their sockets first: no connection waits in between.
    this.#assign()
    for (const slot of superfluous) {
      this.#retiring.add(slot)
      slot.drain()
    }
  }

  /** Stops accepting; resolves when all sessions have ended or the time is over. */
  async drain(timeoutMs: number): Promise<void> {
    this.#isDraining = true
    clearTimeout(this.#adoptTimer)
    for (const slot of this.#slots) slot.drain()
    const isOver = new Promise<void>((resolve) => setTimeout(resolve, timeoutMs).unref())
    await Promise.race([this.#until(() => this.#haveStoppedAccepting()), isOver])
    this.#listeners.close()
    await Promise.race([this.#until(() => this.active === 0), isOver])
  }

  /** Ends everything at once. */
  stop(): void {
    this.#isDraining = true
    clearTimeout(this.#adoptTimer)
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
    while (this.#slots.length < workers) {
      const slot = this.#slots.length
      this.#slots.push(
        new WorkerSlot({
          slot,
          workerMemoryMb: this.#options.workerMemoryMb,
          setup: () => ({
            slot,
            spec: this.#spec,
            listeners: this.#listeners.slot(slot),
            logLevel: this.#options.logLevel,
          }),
          onChange: () => this.#onChange(),
        }),
      )
    }
    this.#owners = Math.max(this.#owners, workers)
  }

  #onChange(): void {
    for (const slot of this.#retiring) {
      if (slot.state === 'Draining' && slot.active === 0 && slot.hasStoppedAccepting) {
        this.#retiring.delete(slot)
        slot.stop()
      }
    }
    if (!this.#isDraining) this.#watchSockets()
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
