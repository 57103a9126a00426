import { NO_ROOM } from '../../balancer/connection-limits.ts'
import type { EndpointLimit } from '../../balancer/endpoint-limit.ts'
import type { Correlation } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import type { Layout } from '../../engine/layout.ts'
import { batchTime } from '../../native/batch-clock.ts'
import type { Circuit } from './circuit.ts'
import { Exchange, type Requester } from './exchange.ts'
import { MuxGroup } from './group.ts'
import { Hedges } from './hedges.ts'
import { createSession, type MuxSession } from './mux-session.ts'
import { isPerClient } from './per-client.ts'
import type { MuxPolicy } from './policy.ts'
import { WaitingRoom } from './waiting-room.ts'

/** How often idle sessions are looked over. */
const SWEEP_MS = 1000
/** How often it is looked whether a message has had its time: as exact as the total time-out is. */
const OVERDUE_MS = 100

/** All sessions that one `mux` of one layout shares on this worker, by key. */
export class MuxHub {
  readonly policy: MuxPolicy
  /** One of the filters that share them. */
  caller: Filter | null = null
  readonly #layout: Layout
  readonly #target: string
  readonly #groups = new Map<string, MuxGroup>()
  /** Whether clients cannot share sessions; `null` until somebody asks, when all pipelines are known. */
  #perClient: boolean | null = null
  readonly #hedges: Hedges
  /** Where messages wait for which no key has room; `null` if keys have no limits. */
  readonly #room: WaitingRoom | null
  #sweeper: NodeJS.Timeout | null = null
  #expirer: NodeJS.Timeout | null = null
  #overdueTimer: NodeJS.Timeout | null = null
  /** Counts sweeps: a clock that costs nothing to read. */
  #sweeps = 0

  constructor(layout: Layout, target: string, policy: MuxPolicy) {
    this.#layout = layout
    this.#target = target
    this.policy = policy
    const { runtime } = layout
    const settle = (): void => runtime.sockets.settle()
    this.#hedges = new Hedges(this, settle)
    const { limits } = policy
    this.#room = limits === null ? null : new WaitingRoom(limits, this, settle)
  }

  /**
   * Makes what stands for a message for the key; `flags` are its HEAD_* bits. `begin` sends
   * it on its way.
   */
  open(
    requester: Requester,
    key: string,
    flags: number,
    correlation: Correlation | null,
  ): Exchange {
    const { messages, policyOf } = this.policy
    const policy = policyOf?.(requester.context) ?? messages
    return new Exchange(requester, this.#groupOf(key, requester), flags, correlation, policy)
  }

  /** Begins a message, on a session now or later. */
  begin(exchange: Exchange): void {
    const { circuit } = this.policy
    const { retry, totalMs, responseMs, hedge } = exchange.policy
    retry?.begin()
    if (circuit?.enter() === false) {
      exchange.isAnswered = true
      exchange.fail('Overloaded')
      return
    }
    if (totalMs > 0) exchange.dueAt = batchTime() + totalMs
    if (totalMs > 0 || responseMs > 0) {
      this.#overdueTimer ??= setInterval(() => this.#endOverdue(), OVERDUE_MS).unref()
    }
    this.#dispatch(exchange, false)
    if (hedge !== null && exchange.isHedgeable) this.#hedges.watch(exchange, hedge)
  }

  /** An exchange has its answer, or will never have one. */
  answered(exchange: Exchange): void {
    exchange.group.observer?.end()
    this.#finish(exchange)
  }

  /** Sends an exchange again: to a key that is chosen anew, or to the same one on a new session. */
  retry(exchange: Exchange, isElsewhere: boolean): void {
    const requester = exchange.requester
    if (requester === null) return
    if (exchange.twin !== null) return this.#hedges.lost(exchange, exchange.twin)
    exchange.group.observer?.end()
    exchange.failures++
    if (isElsewhere) {
      try {
        exchange.group = this.#groupOf(requester.select(), requester)
      } catch (thrown) {
        this.#layout.runtime.reportScriptError(thrown)
        this.#finish(exchange)
        exchange.fail('RuntimeError')
        return
      }
    } else {
      // The group may have gone with its last session: what is begun there nobody would find again.
      exchange.group = this.#groupOf(exchange.group.key, requester)
    }
    this.#dispatch(exchange, !isElsewhere)
  }

  #finish(exchange: Exchange): void {
    exchange.isAnswered = true
    // The message goes on with its other attempt, or is over with that.
    if (exchange.isHedge) return
    if (exchange.retried > 0) exchange.policy.retry?.end()
    this.policy.circuit?.leave()
  }

  /** One of two attempts has an answer: the message is with that one. Returns what stands for it. */
  won(exchange: Exchange): Exchange {
    return this.#hedges.won(exchange)
  }

  /** A session in a group for one more attempt of a message, if one is free or may be opened. */
  place(key: string, requester: Requester): MuxSession | null {
    return this.#acquire(this.#groupOf(key, requester), requester, false)
  }

  /** Begins an attempt that has its place. */
  attempt(exchange: Exchange, session: MuxSession): void {
    this.#observe(exchange)
    this.#attach(exchange, session)
  }

  /** The requester has gone. */
  abandon(exchange: Exchange): void {
    if (exchange.twin !== null) this.#hedges.drop(exchange.twin)
    const session = exchange.session
    exchange.requester = null
    if (session !== null) return session.abandon(exchange)
    const { queue } = exchange.group
    const at = queue.indexOf(exchange)
    if (at < 0) return
    // A one-way message is sent although nobody waits.
    if (exchange.correlation?.isOneWay === true && exchange.keptEnd !== null) return
    queue.splice(at, 1)
    this.#room?.changed()
    this.answered(exchange)
  }

  /** Whether a message waits that a session of this group may serve. */
  isAwaited(group: MuxGroup): boolean {
    return group.queue.length > 0 || this.#room?.isEmpty === false
  }

  /** A session can take another message, or has nothing to do. */
  released(session: MuxSession): void {
    if (session.isEnded) return
    const { group } = session
    const { queue } = group
    if (queue.length > 0 && session.hasRoom) {
      do this.#attach(queue.shift() as Exchange, session)
      while (queue.length > 0 && session.hasRoom && !session.isEnded)
      return
    }
    if (session.size > 0 || !session.hasRoom) return
    if (group.isOver || group.limit?.shouldGive() === true) return session.end('')
    session.idleSince = this.#sweeps
    group.addIdle(session)
    if (group.idle.length > this.policy.maxIdle) group.idle[0]?.end('')
    if (this.#sweeper === null) this.#startSweeping()
    this.#room?.serve()
  }

  /** A session has ended: its place may go to who waits. */
  removed(session: MuxSession): void {
    const { group } = session
    group.remove(session)
    group.limit?.close()
    while (group.queue[0]?.requester === null) this.answered(group.queue.shift() as Exchange)
    const next = group.queue[0]
    if (next?.requester) {
      const fresh = this.#acquire(group, next.requester, false)
      if (fresh !== null) {
        group.queue.shift()
        this.#attach(next, fresh)
        if (group.queue.length > 0 && fresh.hasRoom) this.released(fresh)
      }
    }
    if (!group.isEmpty || this.#groups.get(group.name) !== group) return
    this.#groups.delete(group.name)
    group.client?.removeDependent(group)
  }

  /** Whether the events of an exchange on this session may be needed once more. */
  keeps(exchange: Exchange, session: MuxSession): boolean {
    if (exchange.failures >= this.policy.retries) return false
    return session.served === 0 || exchange.isIdempotent
  }

  /** Begins a message that has waited for room, if there is some now. */
  admit(exchange: Exchange): boolean {
    const { requester } = exchange
    if (requester === null) return false
    try {
      const key = requester.select()
      if (key === NO_ROOM) return false
      exchange.group = this.#groupOf(key, requester)
    } catch (thrown) {
      this.#layout.runtime.reportScriptError(thrown)
      this.#finish(exchange)
      exchange.fail('RuntimeError')
      return true
    }
    const session = this.#place(exchange, requester, false)
    if (session === null) return false
    this.attempt(exchange, session)
    return true
  }

  /** Ends a session for a limited key that has nothing to do, so that another may take its place. */
  endIdle(limit: EndpointLimit): boolean {
    for (const group of this.#groups.values()) {
      const session = group.limit === limit ? group.idle[0] : undefined
      if (session === undefined) continue
      session.end('')
      return true
    }
    return false
  }

  #groupOf(key: string, requester: Requester): MuxGroup {
    if (this.#room !== null && key === NO_ROOM) return this.#room.group
    const client = this.#isPerClient ? requester.context.inbound : null
    const name = client === null ? key : `${client.id} ${key}`
    let group = this.#groups.get(name)
    if (group === undefined) {
      const { observer, limits } = this.policy
      const limit = limits?.of(key) ?? null
      group = new MuxGroup(key, name, client, observer?.target(key) ?? null, limit)
      this.#groups.set(name, group)
    }
    return group
  }

  get #isPerClient(): boolean {
    if (this.#perClient === null) {
      const layout = this.#layout.runtime.findLayout(this.#layout.module, this.#target)
      this.#perClient = layout !== undefined && isPerClient(layout)
    }
    return this.#perClient
  }

  #dispatch(exchange: Exchange, isFresh: boolean): void {
    const { group, requester } = exchange
    if (requester === null) return
    this.#observe(exchange)
    const session = this.#place(exchange, requester, isFresh)
    if (session === null && this.#room !== null && group.limit !== null) {
      // Its key is full by now. Another may have room first.
      group.observer?.end()
      exchange.group = this.#room.group
    }
    const { maxQueue, maxCorrelatedQueue } = this.policy
    const limit = exchange.correlation === null ? maxQueue : maxCorrelatedQueue
    if (session !== null) this.#attach(exchange, session)
    else if (this.policy.circuit?.mayWait(this.#pending()) === false) this.#refuse(exchange)
    else if (exchange.group.queue.length < limit) {
      exchange.own()
      exchange.group.queue.push(exchange)
      this.#room?.changed()
      if (this.policy.circuit !== null) this.#limitWaiting(exchange, this.policy.circuit)
    } else {
      this.#layout.runtime.log.error('[mux] buffer overflow')
      this.answered(exchange)
      exchange.fail('BufferOverflow')
    }
  }

  #observe(exchange: Exchange): void {
    const { observer } = exchange.group
    if (observer === null) return
    observer.begin()
    if (observer.wantsAnswers) exchange.startedAt = batchTime()
  }

  /** Messages of all keys that wait for a session. */
  #pending(): number {
    let pending = this.#room?.group.queue.length ?? 0
    for (const { queue } of this.#groups.values()) pending += queue.length
    return pending
  }

  #refuse(exchange: Exchange): void {
    this.answered(exchange)
    exchange.fail('Overloaded')
  }

  #limitWaiting(exchange: Exchange, circuit: Circuit): void {
    const { pendingMs } = circuit.limits
    if (pendingMs === 0) return
    exchange.waitsUntil = batchTime() + pendingMs
    this.#expirer ??= setTimeout(() => this.#expireWaiting(circuit), pendingMs).unref()
  }

  /** Refuses what has waited too long, and looks again when the next may have. */
  #expireWaiting(circuit: Circuit): void {
    this.#expirer = null
    const now = batchTime()
    let next = Number.POSITIVE_INFINITY
    for (const { queue } of this.#allGroups()) {
      // The oldest come first.
      while (queue[0] !== undefined && queue[0].waitsUntil <= now) {
        circuit.expired++
        this.#refuse(queue.shift() as Exchange)
      }
      next = Math.min(next, queue[0]?.waitsUntil ?? next)
    }
    this.#room?.changed()
    if (next < Number.POSITIVE_INFINITY) {
      const delay = Math.ceil(next - now)
      this.#expirer = setTimeout(() => this.#expireWaiting(circuit), delay).unref()
    }
    this.#layout.runtime.sockets.settle()
  }

  /** Answers what has had its time. Looks at all that is in progress: no request has a timer. */
  #endOverdue(): void {
    const now = batchTime()
    const overdue: Exchange[] = []
    for (const { queue, sessions } of this.#allGroups()) {
      for (const exchange of queue) if (exchange.dueAt <= now) overdue.push(exchange)
      for (const session of sessions) session.findOverdue?.(now, overdue)
    }
    for (const exchange of overdue) {
      if (exchange.dueAt <= now) this.#giveUp(exchange)
      // Another that was overdue may have ended its session.
      else if (!exchange.isAnswered) exchange.session?.expire?.(exchange)
    }
    if (this.#groups.size === 0 && this.#overdueTimer !== null) {
      clearInterval(this.#overdueTimer)
      this.#overdueTimer = null
    }
    this.#layout.runtime.sockets.settle()
  }

  #giveUp(exchange: Exchange): void {
    const { requester, group } = exchange
    if (requester === null || exchange.isAnswered) return
    if (exchange.session !== null) group.observer?.failed('ReadTimeout')
    this.abandon(exchange)
    exchange.fail('ReadTimeout', requester)
  }

  /** All groups there are, in a list that stays as it is. */
  #allGroups(): MuxGroup[] {
    const groups = [...this.#groups.values()]
    if (this.#room !== null) groups.push(this.#room.group)
    return groups
  }

  /** The session for a message to begin on now; `null` if it has to wait for one. */
  #place(
    { group, isExclusive }: Exchange,
    requester: Requester,
    isFresh: boolean,
  ): MuxSession | null {
    if (this.#room?.group === group) return null
    if (!isExclusive) return this.#acquire(group, requester, isFresh)
    return this.#mayOpen(group) ? this.#create(group, requester, group.exclusive) : null
  }

  /** Takes the place of one more session, which may be that of an idle one. */
  #mayOpen({ limit }: MuxGroup): boolean {
    if (limit === null || limit.open()) return true
    return limit.spare > 0 && this.endIdle(limit) && limit.open()
  }

  #acquire(group: MuxGroup, requester: Requester, isFresh: boolean): MuxSession | null {
    if (!isFresh) {
      const idle = group.takeIdle()
      if (idle !== undefined) return idle
      if (this.policy.pipelining > 1) {
        for (const session of group.sessions) {
          if (session.hasRoom) return session
        }
      }
    }
    if (group.sessions.length >= this.policy.maxSessions || !this.#mayOpen(group)) return null
    return this.#create(group, requester, group.sessions)
  }

  #create(group: MuxGroup, requester: Requester, list: MuxSession[]): MuxSession | null {
    const layout = this.#layout.runtime.findLayout(this.#layout.module, this.#target)
    if (layout === undefined) {
      group.limit?.close()
      return null
    }
    const session = createSession(this, group, layout, requester.context)
    list.push(session)
    return session
  }

  #attach(exchange: Exchange, session: MuxSession): void {
    exchange.session = session
    session.begin(exchange)
    exchange.requester?.attached()
    const { kept, keptEnd } = exchange
    if (kept === null) return
    if (!this.keeps(exchange, session)) exchange.kept = null
    for (const event of kept) {
      if (exchange.session !== session) return
      session.feed(event, exchange)
    }
    if (keptEnd !== null && exchange.session === session) session.feed(keptEnd, exchange)
  }

  #startSweeping(): void {
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref()
  }

  #sweep(): void {
    this.#sweeps++
    const limit = this.#sweeps - this.policy.idleMs / SWEEP_MS
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
      this.policy.limits?.unwatch()
    }
    this.#layout.runtime.sockets.settle()
  }
}
