import type { Sockets } from '../native/sockets.ts'
import type { Context, InboundInfo } from './context.ts'
import { Context as ContextClass } from './context.ts'
import { HeldBytes } from './held-bytes.ts'
import type { Layout } from './layout.ts'
import type { RequestRecorder } from './request-observer.ts'
import type { Session } from './session.ts'

/** The variables of one script module: made and switched by the script loader's scopes. */
export interface VariableScope {
  /** Points the module's free identifiers at `vars`. */
  enter(vars: object | undefined): void
  create(inbound: InboundInfo | null): object
  clone(vars: object): object
  /** Sets what the module sees as `__argv`. */
  setArguments(vars: object, argv: readonly unknown[]): void
}

/** Where the runtime's messages go. */
export interface RuntimeLog {
  debug(message: string): void
  error(message: string): void
  warn(message: string): void
  info(message: string): void
  /** Logs text without time and level, whatever the level is. */
  raw(text: string): void
}

/** Something that has to finish what it held back when the batch is over. */
export interface BatchListener {
  batchEnded(): void
}

const NO_VARIABLES: readonly object[] = []

/**
 * What all sessions of one program on one worker share: its pipelines by module and name, the
 * variables of the context that is running, and the list of sessions to recycle.
 */
export class Runtime {
  readonly log: RuntimeLog
  /** The worker's connections. */
  readonly sockets: Sockets
  /** Turns an error that a callback threw into log lines; programs that are scripts have their own. */
  describeError: (error: unknown) => string[] = (error) => [
    `Error: ${error instanceof Error ? error.message : String(error)}`,
  ]
  /** Index of the module that scripts know by a name, -1 if there is none. */
  findModule: (name: string) => number = () => -1
  /** The folder in which relative paths start. */
  root: string = process.cwd()
  /** Is told of requests that are refused before they reach a filter; `null` if nobody asks. */
  refused: ((layout: Layout, status: number, client: string) => void) | null = null
  /** Who knows where records of requests go; `null` where nobody keeps them. */
  recorder: RequestRecorder | null = null
  /** What filters hold back. */
  readonly held: HeldBytes = new HeldBytes()
  /** What threads share of rate limits (`RateTable`); `null` for nobody to share with. */
  rateMemory: SharedArrayBuffer | null = null
  /** The context whose callback is running. */
  context: Context | null = null
  readonly #scopes: VariableScope[] = []
  /** Sessions that belong to no connection: scripts keep them. */
  readonly #kept = new Set<Session>()
  readonly #layouts = new Map<string, Layout>()
  // Lists that keep their capacity: cutting an array to nothing would free it at every batch.
  readonly #listeners: BatchListener[] = []
  #listenerCount = 0
  readonly #ended: (Session | null)[] = []
  #endedCount = 0
  #isEndingBatch = false

  constructor(log: RuntimeLog, sockets: Sockets) {
    this.log = log
    this.sockets = sockets
  }

  /** Adds a module's scope; modules are numbered in this order. */
  addScope(scope: VariableScope): void {
    this.#scopes.push(scope)
  }

  /** Sets what a module sees as `__argv` in a context. */
  setArguments(context: Context, module: number, argv: readonly unknown[]): void {
    const vars = context.vars[module]
    if (vars !== undefined) this.#scopes[module]?.setArguments(vars, argv)
  }

  addLayout(layout: Layout): void {
    this.#layouts.set(`${layout.module} ${layout.name}`, layout)
  }

  /** The pipeline `name` of a module. */
  findLayout(module: number, name: string): Layout | undefined {
    return this.#layouts.get(`${module} ${name}`)
  }

  /** All named pipelines. */
  layouts(): Iterable<Layout> {
    return this.#layouts.values()
  }

  /** A context with the initial values of every module. */
  createContext(inbound: InboundInfo | null): Context {
    const scopes = this.#scopes
    if (scopes.length === 0) return new ContextClass(this, inbound, NO_VARIABLES)
    return new ContextClass(
      this,
      inbound,
      scopes.map((scope) => scope.create(inbound)),
    )
  }

  /** Copies the variables of a context, module by module. */
  cloneVariables(vars: readonly object[]): readonly object[] {
    const scopes = this.#scopes
    if (scopes.length === 0) return NO_VARIABLES
    if (scopes.length === 1) return [(scopes[0] as VariableScope).clone(vars[0] as object)]
    return scopes.map((scope, index) => scope.clone(vars[index] as object))
  }

  /**
   * Calls a script function in a context. What it throws passes through, and the context that was
   * running before is back in any case.
   */
  call<A, R>(context: Context, f: (arg: A) => R, arg: A): R {
    const before = this.context
    this.#enter(context)
    try {
      return f(arg)
    } finally {
      this.#enter(before)
    }
  }

  #enter(context: Context | null): void {
    this.context = context
    const scopes = this.#scopes
    const vars = context?.vars
    for (let i = 0; i < scopes.length; i++) (scopes[i] as VariableScope).enter(vars?.[i])
  }

  /** Logs what a callback threw. */
  reportScriptError(error: unknown): void {
    for (const line of this.describeError(error)) this.log.error(line)
  }

  /** Remembers a session that a script keeps. */
  keep(session: Session): void {
    this.#kept.add(session)
  }

  /** Ends a session that a script kept. */
  release(session: Session): void {
    if (this.#kept.delete(session)) session.free()
  }

  /** Number of sessions that scripts keep. */
  get keptCount(): number {
    return this.#kept.size
  }

  /** Ends all sessions that scripts keep: the program is over. */
  releaseAll(): void {
    for (const session of this.#kept) session.free()
    this.#kept.clear()
  }

  /** Recycles `session` when the current batch is over. */
  defer(session: Session): void {
    this.#ended[this.#endedCount++] = session
  }

  /** Calls `listener` once when the current batch is over. */
  atBatchEnd(listener: BatchListener): void {
    this.#listeners[this.#listenerCount++] = listener
  }

  /** Called after every batch. What it does may add to both lists; they are done in the same go. */
  endBatch(): void {
    // Called from within when a session that is reset settles what that causes.
    if (this.#isEndingBatch) return
    this.#isEndingBatch = true
    const listeners = this.#listeners
    for (let i = 0; i < this.#listenerCount; i++) (listeners[i] as BatchListener).batchEnded()
    this.#listenerCount = 0
    const ended = this.#ended
    for (let i = 0; i < this.#endedCount; i++) {
      const session = ended[i] as Session
      ended[i] = null
      session.recycle()
    }
    this.#endedCount = 0
    this.#isEndingBatch = false
  }
}
