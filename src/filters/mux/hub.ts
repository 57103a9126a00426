import type { SessionErrorCode } from '../../engine/errors.ts'
import { SessionEnd } from '../../engine/event.ts'
import type { Layout } from '../../engine/layout.ts'
import type { Exchange } from './exchange.ts'
import { isUnreached, type MuxPolicy } from './policy.ts'
import { SharedSession } from './shared-session.ts'

/** How often idle sessions are looked over. */
const SWEEP_MS = 1000

/** All sessions that one `mux` of one layout shares on this worker, by key. */
export class MuxHub {
  readonly policy: MuxPolicy
  readonly #layout: Layout
  readonly #target: string
  readonly #groups = new Map<string, Group>()
  #sweeper: NodeJS.Timeout | null = null

  constructor(layout: Layout, target: string, policy: MuxPolicy) {
    this.#layout = layout
    this.#target = target
    this.policy = policy
  }

  /** Finds the exchange a session, now or later; on a new session if `isFresh`. */
  dispatch(exchange: Exchange, isFresh: boolean): void {
    this.policy.observer?.begin(exchange.key)
    let group = this.#groups.get(exchange.key)
    if (group === undefined) {
      group = new Group()
      this.#groups.set(exchange.key, group)
    }
    const session = this.#acquire(group, exchange, isFresh)
    if (session !== null) this.#attach(exchange, session)
    else if (group.queue.length < this.policy.maxQueue) group.queue.push(exchange)
    else {
      this.#layout.runtime.log.error('[mux] buffer overflow')
      this.answered(exchange)
      exchange.requester?.next.process(new SessionEnd('BufferOverflow'))
    }
  }

  /** An exchange has its answer, or will never have one. */
  answered(exchange: Exchange): void {
    exchange.isAnswered = true
    this.policy.observer?.end(exchange.key)
  }

  /** A session has failed before it answered anything. */
  failed(session: SharedSession, error: SessionErrorCode): void {
    this.policy.observer?.failed(session.key, error)
  }

  /** Sends an exchange again: elsewhere if its target was not reached, else on a new session. */
  retry(exchange: Exchange, error: SessionErrorCode): void {
    const requester = exchange.requester
    if (requester === null) return
    this.policy.observer?.end(exchange.key)
    exchange.failures++
    const isElsewhere = isUnreached(error)
    if (isElsewhere) exchange.key = requester.select()
    this.dispatch(exchange, !isElsewhere)
  }

  /** The requester has gone. */
  abandon(exchange: Exchange): void {
    const session = exchange.session
    exchange.requester = null
    if (session !== null) return session.abandon(exchange)
    const queue = this.#groups.get(exchange.key)?.queue
    const at = queue?.indexOf(exchange) ?? -1
    if (at < 0) return
    queue?.splice(at, 1)
    this.answered(exchange)
  }

  /** A session can take another message, or has nothing to do. */
  released(session: SharedSession): void {
    const group = this.#groups.get(session.key)
    if (group === undefined || session.isEnded || session.isFeeding) return
    const next = session.size < this.policy.pipelining ? group.queue.shift() : undefined
    if (next !== undefined) return this.#attach(next, session)
    if (session.size > 0) return
    session.idleSince = performance.now()
    group.idle.push(session)
    if (group.idle.length > this.policy.maxIdle) group.idle[0]?.end('')
    this.#sweeper ??= setInterval(() => this.#sweep(), SWEEP_MS).unref()
  }

  /** A session has ended: its place may go to who waits. */
  removed(session: SharedSession): void {
    const group = this.#groups.get(session.key)
    if (group === undefined) return
    remove(group.sessions, session)
    remove(group.idle, session)
    const next = group.queue[0]
    if (next !== undefined && next.requester !== null) {
      const fresh = this.#acquire(group, next, false)
      if (fresh !== null) {
        group.queue.shift()
        this.#attach(next, fresh)
      }
    }
    if (group.sessions.length === 0 && group.queue.length === 0) this.#groups.delete(session.key)
  }

  #acquire(group: Group, exchange: Exchange, isFresh: boolean): SharedSession | null {
    if (!isFresh) {
      const idle = group.idle.pop()
      if (idle !== undefined) return idle
      if (this.policy.pipelining > 1) {
        for (const session of group.sessions) {
          if (!session.isFeeding && session.size < this.policy.pipelining) return session
        }
      }
    }
    const requester = exchange.requester
    if (group.sessions.length >= this.policy.maxSessions || requester === null) return null
    const layout = this.#layout.runtime.findLayout(this.#layout.module, this.#target)
    if (layout === undefined) return null
    const session = new SharedSession(this, exchange.key, layout, requester.context)
    group.sessions.push(session)
    return session
  }

  #attach(exchange: Exchange, session: SharedSession): void {
    exchange.session = session
    session.begin(exchange)
    exchange.requester?.attached()
    const kept = exchange.kept
    if (kept === null) return
    if (!this.keeps(exchange, session)) exchange.kept = null
    for (const event of kept) {
      if (exchange.session !== session) return
      session.feed(event)
    }
  }

  /** Whether the events of an exchange on this session may be needed once more. */
  keeps(exchange: Exchange, session: SharedSession): boolean {
    if (exchange.failures >= this.policy.retries) return false
    return session.served === 0 || exchange.isIdempotent
  }

  #sweep(): void {
    const limit = performance.now() - this.policy.idleMs
    let hasIdle = false
    for (const group of this.#groups.values()) {
      for (const session of group.idle.slice()) {
        if (session.idleSince < limit) session.end('')
      }
      hasIdle ||= group.idle.length > 0
    }
    if (!hasIdle && this.#sweeper !== null) {
      clearInterval(this.#sweeper)
      this.#sweeper = null
    }
    this.#layout.runtime.sockets.settle()
  }
}

/** The sessions that share one key. */
class Group {
  readonly sessions: SharedSession[] = []
  /** Sessions with nothing in progress, the one used last at the end. */
  readonly idle: SharedSession[] = []
  readonly queue: Exchange[] = []
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
}
