import type { SourceOfCalls } from '../../engine/caller.ts'
import type { Context } from '../../engine/context.ts'
import {
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../../engine/event.ts'
import type { Filter, Sink, Source } from '../../engine/filter.ts'
import type { Layout } from '../../engine/layout.ts'
import type { Session } from '../../engine/session.ts'
import { batchTime } from '../../native/batch-clock.ts'
import { counterIndex } from '../../native/counters.ts'
import { Upstream } from '../connect/upstream.ts'
import { DecodeHttpResponse } from '../decode-http-response.ts'
import { statusOf } from '../http/status-of.ts'
import type { Exchange } from './exchange.ts'
import type { MuxGroup } from './group.ts'
import type { MuxHub } from './hub.ts'
import type { MuxSession } from './mux-session.ts'
import { decideRetry, isRetriedStatus, type Retry } from './policy.ts'

const RESPONSE_TIMEOUTS = counterIndex('responseTimeouts')

/**
 * One session of `mux`'s target that serves messages of many requesters, whose answers come in the
 * order of the messages.
 */
export class SharedSession implements MuxSession, Sink, Source, SourceOfCalls {
  readonly group: MuxGroup
  readonly #hub: MuxHub
  readonly #session: Session
  readonly #decoder: DecodeHttpResponse | null
  readonly #connect: Upstream | null
  /** Messages whose answers are not complete, oldest first. */
  readonly #waiting: Exchange[] = []
  #feeding: Exchange | null = null
  /** Serves one exchange only, which may end the protocol on its connection. */
  #isExclusive = false
  /** What goes both ways is raw data. */
  #isTunnel = false
  #hasInputEnded = false
  #hasOutputEnded = false
  #isInputPaused = false
  #isOutputPaused = false
  /** What becomes of the oldest message, whose answer is held back: it will be sent again. */
  #retry: Retry = 'none'
  /** That answer was a status of the retry policy: the session goes on. */
  #isRefused = false
  /** Answers completed so far. */
  served = 0
  isEnded = false
  /** When it last became idle, counted in the hub's sweeps. */
  idleSince = 0

  constructor(hub: MuxHub, group: MuxGroup, layout: Layout, context: Context) {
    this.#hub = hub
    this.group = group
    this.#session = layout.spawn(context, this, this)
    const decoder = this.#session.filters.find((filter) => filter instanceof DecodeHttpResponse)
    this.#decoder = decoder instanceof DecodeHttpResponse ? decoder : null
    const connect = this.#session.filters.find((filter) => filter instanceof Upstream)
    this.#connect = connect instanceof Upstream ? connect : null
  }

  get caller(): Filter | null {
    return this.#hub.caller
  }

  get isReached(): boolean {
    return this.#connect === null || this.#connect.isOpen
  }

  get size(): number {
    return this.#waiting.length
  }

  /** While a message is being fed, no other can begin. */
  get hasRoom(): boolean {
    return (
      this.#feeding === null &&
      !this.#isExclusive &&
      this.#waiting.length < this.#hub.policy.pipelining
    )
  }

  /** Begins to feed a message. */
  begin(exchange: Exchange): void {
    this.#waiting.push(exchange)
    this.#feeding = exchange
    this.#isExclusive = exchange.isExclusive
    if (this.#isInputPaused) exchange.hold()
    this.#balanceOutput()
  }

  /** Feeds the next event of the message that was begun. */
  feed(event: Event): void {
    if (event.kind === SESSION_END) return this.#endTunnelInput(event)
    if (event.kind !== MESSAGE_END) return this.#session.process(event)
    const responseMs = this.#feeding?.policy.responseMs ?? 0
    if (responseMs > 0 && this.#feeding !== null) {
      this.#feeding.attemptDueAt = batchTime() + responseMs
    }
    this.#feeding = null
    this.#session.process(event)
    if (this.#hub.policy.pipelining > 1) this.#hub.released(this)
  }

  /** A requester has gone. Its answer still comes; a message cut off in its middle spoils all. */
  abandon(exchange: Exchange): void {
    const isShared = this.#hub.policy.pipelining > 1 && !this.#isExclusive
    if (this.#feeding !== exchange && isShared) return this.#balanceOutput()
    // The pipeline hears of it, so that a connection with half a message on it is reset.
    this.#session.process(new SessionEnd('ReadError'))
    this.end('ReadError')
  }

  findOverdue(now: number, overdue: Exchange[]): void {
    for (const exchange of this.#waiting) {
      if (exchange.hasStarted) continue
      if (exchange.dueAt <= now || exchange.attemptDueAt <= now) overdue.push(exchange)
    }
  }

  expire(): void {
    const { counters } = this.#session.layout.runtime.sockets.reactor
    counters[RESPONSE_TIMEOUTS] = (counters[RESPONSE_TIMEOUTS] as number) + 1
    this.group.observer?.failed('ReadTimeout')
    this.#session.process(new SessionEnd('ReadError'))
    this.end('ReadTimeout')
  }

  replace(from: Exchange, to: Exchange): void {
    const at = this.#waiting.indexOf(from)
    if (at < 0) return
    this.#waiting[at] = to
    this.#balanceOutput()
  }

  /** What the requester of the oldest message can take has changed. */
  requesterChanged(exchange: Exchange): void {
    if (this.#waiting[0] === exchange) this.#balanceOutput()
  }

  /** The session's own sink is full: hold up all who may send more, or send it already. */
  pause(): void {
    this.#isInputPaused = true
    for (const exchange of this.#waiting) exchange.hold()
  }

  resume(): void {
    this.#isInputPaused = false
    for (const exchange of this.#waiting) exchange.release()
  }

  process(event: Event): void {
    if (this.isEnded) return
    if (event.kind === SESSION_END) {
      if (this.#isTunnel) this.#endTunnelOutput(event as SessionEnd)
      else this.#ended(event as SessionEnd)
      return
    }
    const exchange = this.#waiting[0]
    // Nobody has asked: whoever speaks out of turn cannot be trusted with the next question.
    if (exchange === undefined) return this.end('')
    switch (event.kind) {
      case MESSAGE_START:
        this.#start(exchange, event as MessageStart)
        break
      case MESSAGE_END:
        if (this.#isTunnel) exchange.requester?.deliver(event, exchange)
        else if (this.#retry === 'none') this.#complete(exchange, event)
        // With a failure the session ends, and takes care of the message then.
        else if (this.#isRefused) this.#sendElsewhere(exchange)
        break
      case INTERIM:
        // The other attempt may be the one that answers.
        if (exchange.twin !== null) break
        exchange.hasInterim = true
        exchange.requester?.deliver(event, exchange)
        break
      default:
        if (exchange.hasStarted) exchange.requester?.deliver(event, exchange)
    }
  }

  /** Ends the session; whoever still waits is told `error`. */
  end(error: SessionEnd['error']): void {
    this.#ended(new SessionEnd(error))
  }

  #openTunnel(exchange: Exchange): void {
    this.#isTunnel = true
    this.#feeding = exchange
    this.#balanceOutput()
    exchange.requester?.tunnelled(exchange)
  }

  /** The requester sends nothing more through the tunnel, but may still receive. */
  #endTunnelInput(end: SessionEnd): void {
    this.#hasInputEnded = true
    this.#session.process(end)
    if (this.#hasOutputEnded) this.end('')
  }

  /** The same the other way round. */
  #endTunnelOutput(end: SessionEnd): void {
    if (!end.isHalf || end.error !== '') return this.#ended(end)
    this.#hasOutputEnded = true
    const [exchange] = this.#waiting
    exchange?.requester?.deliver(end, exchange)
    if (this.#hasInputEnded) this.end('')
  }

  #start(asked: Exchange, event: MessageStart): void {
    let exchange = asked
    const { failure } = event
    const { observer } = this.group
    const { policy } = this.#hub
    if (failure !== '') {
      observer?.failed(failure)
      this.#retry = decideRetry(policy, exchange, failure, this.served > 0)
    } else {
      if (observer?.wantsAnswers === true)
        observer.answered(statusOf(event), batchTime() - exchange.startedAt)
      if (exchange.policy.retry !== null && isRetriedStatus(policy, exchange, statusOf(event))) {
        this.#retry = 'elsewhere'
        this.#isRefused = true
        // The connection forgets the head when it gets another request.
        exchange.own()
      }
    }
    if (this.#retry !== 'none') return
    if (exchange.twin !== null) exchange = this.#hub.won(exchange)
    exchange.hasStarted = true
    exchange.kept = null
    if (event.wire?.opensTunnel === true) this.#openTunnel(exchange)
    exchange.requester?.deliver(event, exchange)
  }

  #complete(exchange: Exchange, event: Event): void {
    const { requester } = exchange
    const isOver = this.#takeOldest(exchange)
    this.#hub.answered(exchange)
    // What waits in the queue may be of the same requester, and be answered at once.
    const isAwaited = this.#hub.isAwaited(this.group)
    if (isAwaited) requester?.deliver(event, exchange)
    if (isOver) this.end('')
    else this.#hub.released(this)
    if (!isAwaited) requester?.deliver(event, exchange)
  }

  /** The answer was dropped: somebody else may have a better one. */
  #sendElsewhere(exchange: Exchange): void {
    this.#retry = 'none'
    this.#isRefused = false
    const isOver = this.#takeOldest(exchange)
    if (isOver) this.end('')
    else this.#hub.released(this)
    this.#hub.retry(exchange, true)
  }

  /** The oldest message has its answer. Returns whether the session cannot be used any more. */
  #takeOldest(exchange: Exchange): boolean {
    this.#waiting.shift()
    this.served++
    exchange.release()
    this.#balanceOutput()
    exchange.session = null
    // The rest of the message would be taken for the next one.
    return this.#feeding === exchange || this.#isExclusive || this.#decoder?.isReusable === false
  }

  #ended(end: SessionEnd): void {
    if (this.isEnded) return
    this.isEnded = true
    this.#isInputPaused = false
    const waiting = this.#waiting.splice(0)
    this.#feeding = null
    for (const exchange of waiting) exchange.release()
    this.#balanceOutput()
    this.#session.free()
    this.#hub.removed(this)
    const error = end.error || 'ReadError'
    let decided = this.#retry
    for (const exchange of waiting) {
      exchange.session = null
      if (this.#isTunnel) {
        this.#hub.answered(exchange)
        if (!this.#hasOutputEnded) exchange.requester?.deliver(end, exchange)
        continue
      }
      const retry =
        decided === 'none'
          ? decideRetry(this.#hub.policy, exchange, error, this.served > 0)
          : decided
      // Decided for the oldest only.
      decided = 'none'
      if (retry !== 'none' && exchange.requester !== null) {
        this.#hub.retry(exchange, retry === 'elsewhere')
        continue
      }
      this.#hub.answered(exchange)
      exchange.fail(error)
    }
  }

  #balanceOutput(): void {
    const isFull = this.#waiting[0]?.requester?.isOutputPaused === true
    if (isFull === this.#isOutputPaused || this.isEnded) return
    this.#isOutputPaused = isFull
    if (isFull) this.#session.pauseOutput()
    else this.#session.resumeOutput()
  }
}
