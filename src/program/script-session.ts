import { checkString } from '../engine/arguments.ts'
import type { InboundInfo } from '../engine/context.ts'
import { type Event, SESSION_END } from '../engine/event.ts'
import type { Sink } from '../engine/filter.ts'
import { Message } from '../engine/message.ts'
import type { Runtime } from '../engine/runtime.ts'
import type { Session } from '../engine/session.ts'
import { isEvent } from '../filters/events/replacement.ts'

/** What a session may be fed with. */
export type SessionInput = Event | Message | null | undefined | readonly SessionInput[]

/** A session's output goes nowhere; that it has ended is remembered. */
class Outlet implements Sink {
  hasEnded = false

  process(event: Event): void {
    if (event.kind === SESSION_END) this.hasEnded = true
  }
}

// Sessions live as long as scripts refer to them.
const unreachable = new FinalizationRegistry<{ runtime: Runtime; session: Session }>(
  ({ runtime, session }) => {
    runtime.release(session)
    runtime.sockets.settle()
  },
)

/** What scripts see as `Session`: a session of a named pipeline that the script feeds itself. */
export class ScriptSession {
  readonly #session: Session
  readonly #outlet: Outlet = new Outlet()

  /** Starts a session in the current context. Without a runtime there is none: while loading. */
  constructor(runtime: Runtime | null, moduleName: string, pipelineName: string) {
    checkString(moduleName, 1)
    checkString(pipelineName, 2)
    const context = runtime?.context ?? null
    if (runtime === null || context === null) {
      throw new Error('a session can only begin in a callback, when a context is running')
    }
    const module = runtime.findModule(moduleName)
    if (module < 0) throw new Error(`module not found: ${moduleName}`)
    const layout = runtime.findLayout(module, pipelineName)
    if (layout === undefined) throw new Error(`pipeline not found: ${pipelineName}`)
    this.#session = layout.spawn(context, null, this.#outlet)
    runtime.keep(this.#session)
    unreachable.register(this, { runtime, session: this.#session })
  }

  /** Feeds events, messages, or lists of them. */
  input(...inputs: SessionInput[]): void {
    for (const item of inputs) {
      if (item === null || item === undefined) continue
      if (Array.isArray(item)) this.input(...(item as SessionInput[]))
      else if (item instanceof Message) item.emitTo((event) => this.#session.process(event))
      else if (isEvent(item)) this.#session.process(item)
      else throw new TypeError('not an Event object')
    }
  }

  /** Whether the pipeline has put out `SessionEnd`. */
  get done(): boolean {
    return this.#outlet.hasEnded
  }

  get remoteAddress(): string {
    return this.#inbound?.remoteAddress ?? ''
  }

  get remotePort(): number {
    return this.#inbound?.remotePort ?? 0
  }

  get localAddress(): string {
    return this.#inbound?.localAddress ?? ''
  }

  get localPort(): number {
    return this.#inbound?.localPort ?? 0
  }

  get #inbound(): InboundInfo | null {
    return this.#session.context.inbound
  }
}

/** The `Session` class of one program. */
export function createSessionClass(
  runtime: Runtime | null,
): new (
  moduleName: string,
  pipelineName: string,
) => ScriptSession {
  return class Session extends ScriptSession {
    constructor(moduleName: string, pipelineName: string) {
      super(runtime, moduleName, pipelineName)
    }
  }
}
