import type { Layout } from '../engine/layout.ts'
import { Runtime, type RuntimeLog } from '../engine/runtime.ts'
import type { Reactor } from '../native/reactor.ts'
import { Sockets } from '../native/sockets.ts'
import { Inbound, type InboundOwner } from '../net/inbound.ts'
import { buildModule, type RootLayout } from '../program/build.ts'
import type { Configuration } from '../program/configuration.ts'
import { loadBalancer } from '../program/load-balancer.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { TaskRunner } from './task-runner.ts'

/** A listener of the reactor that serves one of the program's `listen` entries. */
export interface BoundListener {
  /** Index in the program's `listen`. */
  index: number
  /** The reactor's id. */
  id: number
}

/** A program that runs on this worker. */
export interface RunningProgram {
  /** Serves one more socket of a listener. */
  adopt(listener: BoundListener): void
  /** Answers what is in progress, accepts nothing new, and closes what is idle. */
  drain(): void
  /** Number of open downstream connections and of tasks in progress. */
  active(): number
  /** Closes everything at once. */
  close(): void
}

/** Idle time-out of connections that a script accepts. */
const SCRIPT_IDLE_MS = 75_000

/** How this worker differs from the others that run the same program. */
export interface WorkerRole {
  /** Tasks run on one worker only. */
  readonly runsTasks: boolean
}

/** Builds the program's pipelines and begins to accept. Throws what the script throws. */
export async function startProgram(
  reactor: Reactor,
  spec: ProgramSpec,
  listeners: readonly BoundListener[],
  log: RuntimeLog,
  role: WorkerRole = { runsTasks: true },
): Promise<RunningProgram> {
  const runtime: Runtime = new Runtime(log, new Sockets(reactor, () => runtime.endBatch()))
  // Load balancers do not pay for the script language.
  const configurations =
    spec.kind === 'lb'
      ? [loadBalancer(spec, runtime)]
      : await (await import('../program/script-program.ts')).loadModules(spec, runtime)
  const layouts = configurations.flatMap((configuration: Configuration, module) =>
    buildModule(runtime, module, configuration),
  )
  const host = new ProgramHost(
    runtime,
    layouts.filter(({ entry }) => entry.kind === 'listen').map(({ layout }) => layout),
    spec.kind === 'lb' ? spec.timeouts.idleMs : SCRIPT_IDLE_MS,
    spec.kind === 'script',
  )
  for (const listener of listeners) host.adopt(listener)
  if (role.runsTasks) host.startTasks(layouts)
  return host
}

class ProgramHost implements RunningProgram, InboundOwner {
  readonly timeouts: { idle: number }
  readonly hasScripts: boolean
  readonly #runtime: Runtime
  readonly #listens: readonly Layout[]
  #tasks: readonly TaskRunner[] = []
  #active = 0
  #isDraining = false

  constructor(runtime: Runtime, listens: readonly Layout[], idleMs: number, hasScripts: boolean) {
    this.#runtime = runtime
    this.#listens = listens
    this.timeouts = { idle: idleMs }
    this.hasScripts = hasScripts
  }

  adopt({ index, id }: BoundListener): void {
    const layout = this.#listens[index]
    if (layout === undefined) throw new RangeError(`the program has no listener ${index}`)
    const { sockets } = this.#runtime
    sockets.setAcceptor(id, (connection) => {
      this.#active++
      return new Inbound(this, sockets, layout, connection)
    })
  }

  release(connection: number): void {
    this.#runtime.sockets.detach(connection)
    this.#active--
    this.#checkEnd()
  }

  active(): number {
    return this.#active + this.#tasks.filter(({ isBusy }) => isBusy).length
  }

  startTasks(roots: readonly RootLayout[]): void {
    this.#tasks = roots.flatMap(({ layout, entry }) =>
      entry.kind === 'task'
        ? [new TaskRunner(layout, entry.intervalMs, () => this.#checkEnd())]
        : [],
    )
    for (const task of this.#tasks) task.start()
  }

  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    for (const task of this.#tasks) task.stop()
    for (const handler of this.#runtime.sockets.handlers()) {
      if (handler instanceof Inbound) handler.drain()
    }
    this.#checkEnd()
    this.#runtime.sockets.settle()
  }

  /** What scripts keep ends with the last session that may need it. */
  #checkEnd(): void {
    if (this.#isDraining && this.active() === 0) this.#runtime.releaseAll()
  }

  close(): void {
    for (const task of this.#tasks) task.stop()
    this.#runtime.releaseAll()
    for (const handler of this.#runtime.sockets.handlers()) {
      if (handler instanceof Inbound) handler.destroy()
    }
    this.#runtime.sockets.settle()
    this.#runtime.sockets.reactor.close()
  }
}
