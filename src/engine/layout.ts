import type { Context } from './context.ts'
import type { FilterPlan, ModuleReference } from './definition.ts'
import type { Event } from './event.ts'
import { Filter, type Sink, type Source } from './filter.ts'
import type { LayoutWatch } from './flow-watch.ts'
import type { Runtime } from './runtime.ts'
import { Session } from './session.ts'

/** One filter of a layout: its name, the arguments it was given, and how to make an instance. */
export interface Stage {
  readonly name: string
  readonly args: readonly unknown[]
  /** Pipelines of the same module, and of another, that it leads to. */
  readonly targets?: readonly string[]
  readonly reference?: ModuleReference
  /** It tells an endpoint of the client whom its session works for. */
  readonly tellsOfClient?: boolean
  readonly create: FilterPlan
}

/** Sessions kept for reuse per layout; more than that are left to the garbage collector. */
const POOL_LIMIT = 1024

/** The recipe of a pipeline: immutable once built, shared by all of its sessions. */
export class Layout {
  readonly runtime: Runtime
  readonly name: string
  /** Index of the module that defines the pipeline; its other pipelines are found through it. */
  readonly module: number
  readonly stages: readonly Stage[]
  /** Number of the pipeline in its module. */
  index = 0
  /** Where what is seen of its sessions is written, while somebody watches. */
  watch: LayoutWatch | null = null
  readonly #pool: Session[] = []
  /** Sessions made so far that still exist, and those of them that are running. */
  allocated = 0
  active = 0

  constructor(runtime: Runtime, name: string, module: number, stages: readonly Stage[]) {
    this.runtime = runtime
    this.name = name
    this.module = module
    this.stages = stages
    for (const { create } of stages) create.open?.(this)
  }

  /** Starts a session. The caller owns it and calls `free()`. */
  spawn(
    context: Context,
    source: Source | null,
    sink: Sink,
    parent: Session | null = null,
  ): Session {
    let session = this.#pool.pop()
    if (session === undefined) {
      const filters = this.stages.map((stage) => stage.create(this))
      if (filters.length === 0) filters.push(new Echo())
      session = new Session(this, filters)
      this.allocated++
    }
    this.active++
    session.start(context, source, sink, parent)
    if (this.watch !== null) this.watch.watch.begin(session, this.watch)
    return session
  }

  /** Takes back a session that has been reset. */
  recycle(session: Session): void {
    this.active--
    if (this.#pool.length < POOL_LIMIT) this.#pool.push(session)
    else this.allocated--
  }
}

/** What a pipeline without filters does: its input is its output. */
class Echo extends Filter {
  process(event: Event): void {
    this.next.process(event)
  }
}
