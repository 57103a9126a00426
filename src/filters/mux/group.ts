import type { EndpointLimit } from '../../balancer/endpoint-limit.ts'
import type { Dependent, InboundInfo } from '../../engine/context.ts'
import type { TargetObserver } from '../../engine/upstream-observer.ts'
import type { Exchange } from './exchange.ts'
import type { MuxSession } from './mux-session.ts'

/** The sessions that share one key of one `mux`, and the messages that wait for one. */
export class MuxGroup implements Dependent {
  readonly key: string
  /** What the hub finds it by: the key, and the client if it is for one. */
  readonly name: string
  /** Whose connection its sessions serve, where that cannot be any. */
  readonly client: InboundInfo | null
  readonly observer: TargetObserver | null
  /** How many sessions all workers may have for the key; `null` for any number. */
  readonly limit: EndpointLimit | null
  readonly sessions: MuxSession[] = []
  /** Sessions that serve one exchange each: a request to upgrade, and what becomes of it. */
  readonly exclusive: MuxSession[] = []
  /** Sessions with nothing in progress, the one used last at the end. */
  readonly idle: MuxSession[] = []
  readonly queue: Exchange[] = []

  /** That connection has ended: no session is needed again. */
  isOver = false

  constructor(
    key: string,
    name: string,
    client: InboundInfo | null,
    observer: TargetObserver | null,
    limit: EndpointLimit | null,
  ) {
    this.key = key
    this.name = name
    this.client = client
    this.observer = observer
    this.limit = limit
    client?.addDependent(this)
  }

  clientEnded(): void {
    this.isOver = true
    for (const session of this.idle.slice()) session.end('')
  }

  remove(session: MuxSession): void {
    remove(this.sessions, session)
    remove(this.exclusive, session)
    this.unidle(session)
  }

  /** A session has nothing to do. */
  addIdle(session: MuxSession): void {
    this.idle.push(session)
    this.limit?.keep()
  }

  /** Gives an idle session something to do; undefined if there is none. */
  takeIdle(): MuxSession | undefined {
    const session = this.idle.pop()
    if (session !== undefined) this.limit?.use()
    return session
  }

  /** Keeps an idle session from being chosen, or ended, as such. */
  unidle(session: MuxSession): void {
    if (remove(this.idle, session)) this.limit?.use()
  }

  get isEmpty(): boolean {
    return this.sessions.length + this.exclusive.length + this.queue.length === 0
  }
}

function remove<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
  return at >= 0
}
