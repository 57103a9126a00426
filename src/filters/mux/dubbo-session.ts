import { performance } from 'node:perf_hooks'
import type { SourceOfCalls } from '../../engine/caller.ts'
import type { Context } from '../../engine/context.ts'
import { Data } from '../../engine/data.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
} from '../../engine/event.ts'
import type { Filter, Sink, Source } from '../../engine/filter.ts'
import type { Layout } from '../../engine/layout.ts'
import type { BatchListener } from '../../engine/runtime.ts'
import type { Session } from '../../engine/session.ts'
import { Upstream } from '../connect/upstream.ts'
import { type DubboWireHead, dubboHeadOf } from '../dubbo/dubbo-head.ts'
import { isReadonlyEvent } from '../dubbo/readonly-event.ts'
import { joinCount } from '../dubbo/request-id.ts'
import { failedMessage } from '../http/frame-output.ts'
import { DubboCall } from './dubbo-call.ts'
import type { Exchange } from './exchange.ts'
import type { MuxGroup } from './group.ts'
import type { MuxHub } from './hub.ts'
import type { MuxSession } from './mux-session.ts'
import { decideRetry } from './policy.ts'

/** Messages in progress at a time; a session that is full makes the others wait or go elsewhere. */
const CALL_LIMIT = 4096
const DEFAULT_RESPONSE_MS = 60_000
/** A requester that does not take its answer holds up all others; it has so long to go on. */
const STALL_MS = 5000
/** Of the body of an event, more than this is not kept. */
const EVENT_LIMIT = 1024

/**
 * One session of `mux`'s target that speaks Dubbo: answers come in any order and are matched by
 * their ids. Requests get ids of a counter of this session, because the ids of different
 * requesters may be the same; their answers get the original ones back.
 *
 *     requester A, id 7 --.                .-- id 1 --.
 *     requester B, id 7 ---+-- collected --+-- id 2 ---+--> connection --> answers 2, 1, …
 *     requester B, id 8 --´   until whole  `-- id 3 --´
 *
 * A request is sent when it is complete, so that no slow or broken requester can hold up the
 * others or cut the connection off in the middle of a message.
 */
export class DubboSession implements MuxSession, Sink, Source, SourceOfCalls, BatchListener {
  readonly group: MuxGroup
  readonly #hub: MuxHub
  readonly #session: Session
  readonly #connect: Upstream | null
  readonly #responseMs: number
  /** Requests that are not complete. */
  readonly #collecting = new Map<Exchange, DubboCall>()
  /** Requests whose answers are not complete, by their ids here: oldest first. */
  readonly #waiting = new Map<number, DubboCall>()
  #lastId = 0
  /** Whose answer is coming in. */
  #current: DubboCall | null = null
  /** A message that came in without being asked for: an event, or a call the other way. */
  #unasked: DubboWireHead | null = null
  #unaskedBody: Data | null = null
  #isInputPaused = false
  #isOutputPaused = false
  #isListening = false
  /** The target leaves: it answers what it has, and gets nothing more. */
  #isDraining = false
  #deadlineTimer: NodeJS.Timeout | null = null
  #stallTimer: NodeJS.Timeout | null = null
  served = 0
  isEnded = false
  idleSince = 0

  constructor(hub: MuxHub, group: MuxGroup, layout: Layout, context: Context) {
    this.#hub = hub
    this.group = group
    this.#session = layout.spawn(context, this, this)
    const connect = this.#session.filters.find((filter) => filter instanceof Upstream)
    this.#connect = connect instanceof Upstream ? connect : null
    this.#responseMs = this.#connect?.timeouts.response ?? DEFAULT_RESPONSE_MS
  }

  get caller(): Filter | null {
    return this.#hub.caller
  }

  get isReached(): boolean {
    return this.#connect === null || this.#connect.isOpen
  }

  get size(): number {
    return this.#collecting.size + this.#waiting.size
  }

  get hasRoom(): boolean {
    return !this.#isDraining && !this.#isInputPaused && this.size < CALL_LIMIT
  }

  begin(exchange: Exchange): void {
    const call = new DubboCall(exchange)
    this.#collecting.set(exchange, call)
    if (this.#isInputPaused) call.holdInput(true)
  }

  feed(event: Event, exchange: Exchange): void {
    const call = this.#collecting.get(exchange)
    if (call === undefined) return
    if (event.kind === MESSAGE_END) this.#send(call)
    else {
      call.collect(event)
      this.#listen()
    }
  }

  abandon(exchange: Exchange): void {
    const call = this.#collecting.get(exchange)
    // What was sent will be answered: the answer finds nobody and is dropped.
    if (call === undefined) return this.#balanceOutput()
    this.#forget(call)
    this.#release()
  }

  requesterChanged(exchange: Exchange): void {
    if (this.#current?.exchange === exchange) this.#balanceOutput()
  }

  /** The connection takes no more for now: hold up whoever is still sending. */
  pause(): void {
    this.#isInputPaused = true
    this.group.unidle(this)
    for (const call of this.#collecting.values()) call.holdInput(true)
  }

  resume(): void {
    this.#isInputPaused = false
    for (const call of this.#collecting.values()) call.holdInput(false)
    this.#release()
  }

  process(event: Event): void {
    if (this.isEnded) return
    switch (event.kind) {
      case MESSAGE_START:
        this.#beginAnswer(event)
        break
      case DATA:
        if (this.#current !== null) this.#deliver(event, this.#current)
        else if (this.#unasked !== null) this.#collectUnasked(event)
        break
      case MESSAGE_END:
        if (this.#current !== null) this.#complete(event, this.#current)
        else if (this.#unasked !== null) this.#receiveUnasked(this.#unasked)
        break
      case SESSION_END:
        this.end(event.error)
        break
    }
  }

  end(error: SessionErrorCode | ''): void {
    if (this.isEnded) return
    this.isEnded = true
    const calls = [...this.#waiting.values(), ...this.#collecting.values()]
    this.#waiting.clear()
    this.#collecting.clear()
    this.#current = null
    this.#balanceOutput()
    if (this.#deadlineTimer !== null) clearTimeout(this.#deadlineTimer)
    this.#session.free()
    this.#hub.removed(this)
    if (calls.length > 0) this.group.observer?.failed(error || 'ReadError')
    for (const call of calls) {
      call.holdInput(false)
      this.#fail(call.exchange, error || 'ReadError')
    }
  }

  /** The batch is over: what is not complete has to outlive it. */
  batchEnded(): void {
    this.#isListening = false
    for (const call of this.#collecting.values()) call.own()
    if (this.size === 0) this.#release()
  }

  /** A request is complete: sends it in one piece. */
  #send(call: DubboCall): void {
    this.#collecting.delete(call.exchange)
    call.holdInput(false)
    if (!call.isRequest) return this.#forget(call)
    const id = ++this.#lastId
    if (call.isOneWay) this.#forget(call)
    else {
      call.deadline = performance.now() + this.#responseMs
      this.#waiting.set(id, call)
      if (this.#deadlineTimer === null) this.#armDeadline(this.#responseMs)
    }
    const session = this.#session
    session.process(call.startWith(id))
    const body = call.takeBody()
    if (body !== null) for (const data of body) session.process(data)
    session.process(MESSAGE_ENDED)
  }

  /** Nothing will be answered here. Whether there is room for others is seen at the batch's end. */
  #forget(call: DubboCall): void {
    const { exchange } = call
    this.#collecting.delete(exchange)
    call.holdInput(false)
    exchange.session = null
    this.#hub.answered(exchange)
    this.#listen()
  }

  #listen(): void {
    if (this.#isListening) return
    this.#isListening = true
    this.#session.layout.runtime.atBatchEnd(this)
  }

  #beginAnswer(start: MessageStart): void {
    this.#current = null
    this.#unasked = null
    const head = dubboHeadOf(start)
    if (head === null) return
    if (head.isRequest) this.#unasked = head
    if (head.isRequest || head.isEvent) return
    const call = this.#waiting.get(joinCount(head))
    // Too late: its time was up.
    if (call === undefined) return
    this.#current = call
    call.exchange.hasStarted = true
    call.exchange.kept = null
    this.#deliver(call.answerOf(start), call)
    this.#balanceOutput()
  }

  #deliver(event: Event, { exchange }: DubboCall): void {
    exchange.requester?.deliver(event, exchange)
  }

  #complete(end: Event, call: DubboCall): void {
    const { exchange } = call
    this.#current = null
    this.#waiting.delete(call.id)
    this.served++
    this.#balanceOutput()
    exchange.session = null
    this.#hub.answered(exchange)
    this.#release()
    this.#deliver(end, call)
  }

  /** There may be room for others, or nothing more to do. */
  #release(): void {
    if (this.isEnded) return
    if (this.#isDraining) {
      if (this.size === 0) this.end('')
    } else if (this.size > 0 || !this.group.idle.includes(this)) this.#hub.released(this)
  }

  #fail(exchange: Exchange, error: SessionErrorCode): void {
    exchange.session = null
    const retry = decideRetry(this.#hub.policy, exchange, error, this.served > 0)
    if (retry !== 'none') return this.#hub.retry(exchange, retry === 'elsewhere')
    this.#hub.answered(exchange)
    exchange.fail(error)
  }

  #collectUnasked(data: Data): void {
    this.#unaskedBody ??= new Data()
    if (this.#unaskedBody.size + data.size <= EVENT_LIMIT) this.#unaskedBody.push(data)
  }

  /** Heartbeats are answered here, the news that the target leaves heeded, calls refused. */
  #receiveUnasked(head: DubboWireHead): void {
    const body = this.#unaskedBody
    this.#unasked = null
    this.#unaskedBody = null
    if (head.isEvent) {
      head.acknowledge(this.#session, body)
      if (isReadonlyEvent(body)) this.#drain()
    } else if (head.isTwoWay) {
      this.#session.process(failedMessage('UnknownError', null, head))
      this.#session.process(MESSAGE_ENDED)
    }
  }

  #drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#hub.removed(this)
    if (this.size === 0) this.end('')
  }

  #armDeadline(ms: number): void {
    this.#deadlineTimer = setTimeout(() => this.#expire(), Math.ceil(ms)).unref()
  }

  /** Answers the calls whose time is up; the oldest come first. */
  #expire(): void {
    this.#deadlineTimer = null
    const now = performance.now()
    for (const call of this.#waiting.values()) {
      if (call.deadline > now) {
        this.#armDeadline(call.deadline - now)
        break
      }
      if (call === this.#current) continue
      this.#waiting.delete(call.id)
      this.group.observer?.failed('ReadTimeout')
      call.exchange.session = null
      this.#hub.answered(call.exchange)
      call.exchange.fail('ReadTimeout')
    }
    if (this.size === 0) this.#release()
    this.#session.layout.runtime.sockets.settle()
  }

  #balanceOutput(): void {
    const isFull = !this.isEnded && this.#current?.exchange.requester?.isOutputPaused === true
    if (isFull === this.#isOutputPaused) return
    this.#isOutputPaused = isFull
    if (isFull) {
      this.#session.pauseOutput()
      this.#stallTimer = setTimeout(() => this.#dropStalled(), STALL_MS).unref()
      return
    }
    if (this.#stallTimer !== null) clearTimeout(this.#stallTimer)
    this.#stallTimer = null
    if (!this.isEnded) this.#session.resumeOutput()
  }

  /** Others wait for their answers: whoever does not take its own is cut off. */
  #dropStalled(): void {
    const exchange = this.#current?.exchange
    const requester = exchange?.requester
    if (exchange === undefined || requester === null || requester === undefined) return
    exchange.requester = null
    this.#balanceOutput()
    exchange.fail('BufferOverflow', requester)
    this.#session.layout.runtime.sockets.settle()
  }
}
