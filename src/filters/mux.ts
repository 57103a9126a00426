import type { ConnectionLimits } from '../balancer/connection-limits.ts'
import {
  checkFunction,
  checkOptionalObject,
  checkString,
  countOption,
  timeOption,
} from '../engine/arguments.ts'
import type { Context } from '../engine/context.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  type Correlation,
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  type SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { checkObserver, type UpstreamObserver } from '../engine/upstream-observer.ts'
import { HttpWireHead } from './http/wire-head.ts'
import { AnswerTurn } from './mux/answer-turn.ts'
import type { Circuit } from './mux/circuit.ts'
import type { Exchange, Requester } from './mux/exchange.ts'
import { MuxHub } from './mux/hub.ts'
import type { MuxSession } from './mux/mux-session.ts'
import type { MessagePolicy, MuxPolicy, PolicyOf } from './mux/policy.ts'

/** Options of `mux`; `idleTimeout` is seconds or a text such as `'1m'`. */
export interface MuxOptions {
  /** Messages in progress on one session at a time; 1 makes the sessions a connection pool. */
  pipelining?: number
  maxSessions?: number
  maxQueue?: number
  maxIdle?: number
  idleTimeout?: number | string
  retries?: number
  /** Longest time until an answer begins, over all attempts, in seconds or as a text; 0 for any. */
  totalTimeout?: number | string
  /** Engine-internal: what holds for messages, and for those of a context. */
  messages?: Partial<MessagePolicy>
  policyOf?: PolicyOf
  /** Engine-internal: what is refused. */
  circuit?: Circuit
  limits?: ConnectionLimits
  /** Is told of every message and its answer, by the name of its session. */
  observer?: UpstreamObserver
}

/** `mux(target, selector?, options?)`: messages of many sessions share sessions of a pipeline. */
export const mux = defineFilter({
  name: 'mux',
  description: 'Sends messages from different sessions to a shared pipeline session',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send messages to' },
    {
      name: 'selector',
      type: '() => unknown',
      doc: 'Callback function that gives the name of a session for reuse',
      isOptional: true,
    },
    {
      name: 'options',
      type: 'MuxOptions',
      doc: 'pipelining, maxSessions, maxQueue, maxIdle, idleTimeout, retries, totalTimeout, observer',
      isOptional: true,
    },
  ],
  targets: (args: [target: string, selector?: (() => unknown) | null, options?: MuxOptions]) => [
    args[0],
  ],
  plan: (target: string, selector?: (() => unknown) | null, options?: MuxOptions) => {
    checkString(target, 1)
    if (selector !== undefined && selector !== null) checkFunction(selector, 2)
    const given = checkOptionalObject(options, 3) ?? {}
    const policy: MuxPolicy = {
      pipelining: countOption(given, 'pipelining', 100, 1),
      maxSessions: countOption(given, 'maxSessions', 1, 1),
      maxQueue: countOption(given, 'maxQueue', 1024),
      maxCorrelatedQueue: countOption(given, 'maxQueue', 8192),
      maxIdle: countOption(given, 'maxIdle', Number.POSITIVE_INFINITY),
      idleMs: timeOption(given, 'idleTimeout', 10),
      retries: countOption(given, 'retries', 1),
      messages: {
        totalMs: timeOption(given, 'totalTimeout', 0),
        responseMs: 0,
        retry: null,
        hedge: null,
        ...given.messages,
      },
      policyOf: given.policyOf ?? null,
      circuit: given.circuit ?? null,
      limits: given.limits ?? null,
      observer: checkObserver(given.observer),
    }
    let hub: MuxHub | null = null
    return (layout) => {
      hub ??= new MuxHub(layout, target, policy)
      return new Mux(hub, selector ?? null)
    }
  },
})

class Mux extends Filter implements Requester {
  readonly #hub: MuxHub
  readonly #selector: (() => unknown) | null
  #key: string | null = null
  /** The message that is coming in. */
  #current: Exchange | null = null
  /** The message that came last, and those before it whose answers have not come. */
  #last: Exchange | null = null
  #earlier: Exchange[] | null = null
  /** Messages that begin when the one before is answered, because their answers could overtake. */
  #deferred: Exchange[] | null = null
  /** What comes in is raw data for the current exchange. */
  #isTunnel = false
  #pauses = 0
  #holdsInput = false
  #hasEnded = false
  /** The end was put out: answers that are still to come have no taker. */
  #isOver = false
  /** Keeps answers apart that may come in any order. */
  #turn: AnswerTurn | null = null
  /** A message about the requester's own connection is coming in, with this body so far. */
  #event: Correlation | null = null
  #eventBody: Data | null = null

  constructor(hub: MuxHub, selector: (() => unknown) | null) {
    super()
    this.#hub = hub
    hub.caller ??= this
    this.#selector = selector
  }

  get context(): Context {
    return this.session.context
  }

  get isOutputPaused(): boolean {
    return this.#pauses > 0
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    switch (event.kind) {
      case MESSAGE_START:
        this.#begin(event as MessageStart)
        break
      case DATA:
      case MESSAGE_END:
        if (this.#event !== null) this.#continueEvent(this.#event, event)
        else this.#continue(event)
        break
      case SESSION_END:
        this.#hasEnded = true
        if (this.#isTunnel && (event as SessionEnd).error === '') return this.#continue(event)
        if (this.#current !== null) this.#hub.abandon(this.#current)
        this.#current = null
        this.#passError(event as SessionEnd)
        break
    }
  }

  select(): string {
    const selector = this.#selector
    if (selector === null) return ''
    return String(
      this.context.runtime.call(this.context, selector as (none: undefined) => unknown, undefined),
    )
  }

  deliver(event: Event, exchange: Exchange): void {
    if (this.#isOver) return
    if (event.kind === SESSION_END) this.#isOver = true
    if (exchange.correlation === null) {
      this.next.process(event)
      if (event.kind === MESSAGE_END && this.#deferred !== null) this.#beginDeferred(this.#deferred)
    } else this.#inTurn(event, exchange)
    const { context } = this
    if (context.waiters !== null) context.wake()
  }

  tunnelled(exchange: Exchange): void {
    this.#isTunnel = true
    this.#current = exchange
  }

  attached(): void {
    this.#holdInput(this.#deferred !== null)
  }

  override pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#tellSessions()
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses === 0) this.#tellSessions()
  }

  override reset(): void {
    if (this.#last !== null) this.#abandon(this.#last)
    if (this.#earlier !== null) for (const exchange of this.#earlier) this.#abandon(exchange)
    this.#key = null
    this.#current = null
    this.#last = null
    this.#earlier = null
    this.#deferred = null
    this.#isTunnel = false
    this.#pauses = 0
    this.#holdsInput = false
    this.#hasEnded = false
    this.#isOver = false
    this.#turn?.reset()
    this.#event = null
    this.#eventBody = null
  }

  #begin(event: MessageStart): void {
    // A message inside of another, which only a script can make, is part of that one.
    if (this.#current !== null) return
    const { correlation } = event
    if (correlation?.isEvent === true) {
      this.#event = correlation
      return
    }
    try {
      this.#key ??= this.select()
    } catch (error) {
      return this.fail(error)
    }
    const wire = event.wire
    const flags = wire instanceof HttpWireHead ? wire.flags : 0
    const before = this.#last
    if (before !== null && !before.isAnswered) {
      this.#earlier = this.#earlier?.filter((one) => !one.isAnswered) ?? []
      this.#earlier.push(before)
    }
    const exchange = this.#hub.open(this, this.#key, flags, correlation)
    this.#last = exchange
    this.#current = exchange
    // On a session of its own it could be answered before the one that was sent first.
    const mayOvertake =
      correlation === null && (this.#hub.policy.maxSessions > 1 || exchange.isExclusive)
    if (mayOvertake && before?.isAnswered === false) {
      this.#deferred ??= []
      this.#deferred.push(exchange)
    } else this.#hub.begin(exchange)
    this.#continue(event)
  }

  #beginDeferred(deferred: Exchange[]): void {
    const next = deferred.shift()
    if (deferred.length === 0) this.#deferred = null
    if (next !== undefined) this.#hub.begin(next)
  }

  #continue(event: Event): void {
    const exchange = this.#current
    if (exchange === null) return
    if (event.kind === MESSAGE_END) this.#current = null
    const session = exchange.session
    if (session === null) {
      if (exchange.isAnswered) return
      exchange.keep(event, true)
      const isHeld = exchange.correlation !== null || this.#deferred !== null
      this.#holdInput(exchange.isOverfull || isHeld)
      return
    }
    if (event.kind === MESSAGE_START) {
      this.#feedStart(event, exchange, session)
      return
    }
    // While it connects, `connect` holds up the input: little more can come, and all is needed.
    if (exchange.kept !== null && this.#hub.keeps(exchange, session)) {
      exchange.keep(event, !session.isReached)
    }
    session.feed(event, exchange)
  }

  #feedStart(event: MessageStart, exchange: Exchange, session: MuxSession): void {
    if (!this.#hub.keeps(exchange, session)) {
      session.feed(event, exchange)
      return
    }
    const { wire } = event
    // A connection that serves one request at a time remembers its head: no need to copy it.
    const isLent = this.#hub.policy.pipelining === 1 && wire instanceof HttpWireHead
    exchange.keep(event, true, isLent)
    session.feed(event, exchange)
    if (isLent) wire.ownUnlessForwarded()
  }

  /** A heartbeat, for example, is answered here: behind, connections are shared. */
  #continueEvent(correlation: Correlation, event: Event): void {
    if (event.kind === DATA) {
      this.#eventBody ??= event.own()
      return
    }
    const body = this.#eventBody
    this.#event = null
    this.#eventBody = null
    correlation.acknowledge({ process: (one) => this.#inTurn(one, correlation) }, body)
  }

  #inTurn(event: Event, owner: object): void {
    this.#turn ??= new AnswerTurn({ process: (one) => this.next.process(one) })
    this.#turn.process(event, owner)
  }

  /** A peer that has gone needs no answer; what went wrong before this filter is to be answered. */
  #passError(end: SessionEnd): void {
    if (this.#isOver || end.error === '' || end.error === 'ReadError') return
    this.#isOver = true
    this.next.process(end)
  }

  #holdInput(value: boolean): void {
    if (this.#holdsInput === value) return
    this.#holdsInput = value
    if (value) this.previous?.pause()
    else this.previous?.resume()
  }

  #abandon(exchange: Exchange): void {
    if (exchange.requester !== null && !exchange.isAnswered) this.#hub.abandon(exchange)
  }

  #tellSessions(): void {
    const last = this.#last
    last?.session?.requesterChanged(last)
    for (const exchange of this.#earlier ?? []) exchange.session?.requesterChanged(exchange)
  }
}
