import { checkOptionalObject } from '../engine/arguments.ts'
import { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import type { SessionErrorCode } from '../engine/errors.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { Session } from '../engine/session.ts'
import { DUBBO_EVENT, DUBBO_REQUEST, DUBBO_TWO_WAY } from '../native/protocol.ts'
import { Upstream } from './connect/upstream.ts'
import { DecodeDubbo } from './decode-dubbo.ts'
import { DubboWireHead, dubboHeadOf, HESSIAN2 } from './dubbo/dubbo-head.ts'
import { DubboOutput } from './dubbo/dubbo-output.ts'
import { readonlyBody } from './dubbo/readonly-event.ts'
import { splitCount } from './dubbo/request-id.ts'
import { failureBody, failureStatus } from './dubbo/status.ts'

/** Head given to the encoder as its argument, in place of the message's own. */
export type DubboHeadOption = object | (() => object | null) | null | undefined

/** `encodeDubbo(head?)`: a byte stream out of Dubbo messages. */
export const encodeDubbo = defineFilter({
  name: 'encodeDubbo',
  description: 'Frames Dubbo messages',
  parameters: [
    {
      name: 'head',
      type: 'object | (() => object)',
      doc: 'Head of every message, in place of its own',
      isOptional: true,
    },
  ],
  plan: (head?: DubboHeadOption) => {
    if (typeof head !== 'function') checkOptionalObject(head, 1)
    return () => new EncodeDubbo(head)
  },
})

/** Length of a body that has to be held until its end; what the peers accept by default. */
const BODY_LIMIT = 8 * 1024 * 1024
/** Hessian 2 for null. */
const HEARTBEAT_BODY = 'N'

/**
 * Writes Dubbo messages. A length stands before each body: when it is known from the wire, the
 * body streams; otherwise the body is held until it is complete.
 *
 *     Idle -> Streaming | Held | Skipped -> Idle
 *     Held -> Skipped (it gets too long)
 */
export class EncodeDubbo extends Filter {
  readonly #option: DubboHeadOption
  #output!: DubboOutput
  #mode: 'idle' | 'streaming' | 'held' | 'skipped' = 'idle'
  #start: MessageStart | null = null
  #body: Data[] | null = null
  #bodySize = 0
  /** Body bytes still to come in mode `streaming`. */
  #remaining = 0
  /** The message in progress answers a request that is due. */
  #isAnswer = false
  #nextId = 0
  #decoder: DecodeDubbo | null = null
  #isDraining = false
  /** The peer is to be asked for no more requests once the message in progress is written. */
  #owesReadonly = false
  #hasEnded = false

  constructor(option: DubboHeadOption) {
    super()
    this.#option = option
  }

  override start(): void {
    this.#output = new DubboOutput(this, this.session.layout.runtime.sockets.reactor)
    this.#decoder = findDecoder(this.session, this)
    if (this.#decoder !== null) this.#decoder.responder = this
  }

  override reset(): void {
    if (this.#decoder?.responder === this) this.#decoder.responder = null
    this.#mode = 'idle'
    this.#start = null
    this.#body = null
    this.#bodySize = 0
    this.#remaining = 0
    this.#isAnswer = false
    this.#nextId = 0
    this.#decoder = null
    this.#isDraining = false
    this.#owesReadonly = false
    this.#hasEnded = false
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    switch (event.kind) {
      case MESSAGE_START:
        if (this.#mode === 'idle') this.#begin(event)
        break
      case DATA:
        this.#continue(event)
        break
      case MESSAGE_END:
        this.#finish()
        break
      case SESSION_END:
        this.#end(event.error || (this.#mode === 'streaming' ? 'ReadError' : ''), event)
        break
    }
  }

  /** The peer whose requests are answered here sends no more: close when nothing is due. */
  inputEnded(end: SessionEnd): void {
    if (this.#hasEnded) return
    if (end.error !== '') this.#end(end.error)
    else this.#closeIfDone()
  }

  /** Asks the peer for no more requests, answers those that are due, and closes. */
  drain(): void {
    if (this.#isDraining || this.#hasEnded) return
    this.#isDraining = true
    if (this.#mode === 'streaming') this.#owesReadonly = true
    else this.#sendReadonly()
    this.#closeIfDone()
  }

  /** Asks the peer for a sign of life, unless a message is on its way to it anyway. */
  sendHeartbeat(): void {
    if (this.#mode === 'streaming' || this.#hasEnded) return
    this.#sendEvent(DUBBO_REQUEST | DUBBO_TWO_WAY, new Data(HEARTBEAT_BODY))
  }

  #begin(start: MessageStart): void {
    if (start.failure !== '') return this.#beginFailure(start)
    const { wire } = start
    if (wire instanceof DubboWireHead && wire.bodySize >= 0 && !start.isBodyChanged) {
      const head = this.#headOf(start)
      if (head === null) return
      this.#mode = 'streaming'
      this.#remaining = wire.bodySize
      this.#writeHead(head, wire.bodySize)
      return
    }
    this.#mode = 'held'
    this.#start = start.own()
  }

  #continue(data: Data): void {
    if (this.#mode === 'streaming') {
      // More than was announced would be read as the next message: never let it out.
      if (data.size > this.#remaining) return this.#end('ReadError')
      this.#remaining -= data.size
      this.#output.writeBody(data)
    } else if (this.#mode === 'held') {
      this.#bodySize += data.size
      if (this.#bodySize > BODY_LIMIT) return this.#overflow()
      this.#body ??= []
      this.#body.push(data.own())
    }
  }

  #finish(): void {
    if (this.#mode === 'idle') return
    if (this.#mode === 'streaming' && this.#remaining > 0) return this.#end('ReadError')
    if (this.#mode === 'held') {
      if (!this.#writeHeld(this.#start as MessageStart)) return
    } else {
      const wasWritten = this.#mode !== 'skipped'
      this.#clear()
      if (wasWritten) this.#written()
    }
    this.#closeIfDone()
  }

  /** Writes the message that was held, unless the script that should say its head has failed. */
  #writeHeld(start: MessageStart): boolean {
    const head = this.#headOf(start)
    if (head === null) return false
    const body = this.#body
    const size = this.#bodySize
    // A pipeline that leads back here has the next message ready at this one's last byte.
    this.#clear()
    this.#writeHead(head, size)
    for (const data of body ?? []) this.#output.writeBody(data)
    this.#written()
    return true
  }

  #clear(): void {
    this.#mode = 'idle'
    this.#start = null
    this.#body = null
    this.#bodySize = 0
  }

  #written(): void {
    this.#output.finish()
    const decoder = this.#decoder
    if (decoder === null) return
    if (this.#isAnswer && decoder.due > 0) decoder.due--
    this.#isAnswer = false
    if (!this.#owesReadonly) return
    this.#owesReadonly = false
    this.#sendReadonly()
  }

  #closeIfDone(): void {
    const decoder = this.#decoder
    if (decoder === null || decoder.due > 0 || this.#mode !== 'idle') return
    if (decoder.hasEnded || this.#isDraining) this.#end('')
  }

  /** The head that a message is to have; `null` if the script that should say so has failed. */
  #headOf(start: MessageStart): DubboWireHead | null {
    const option = this.#option
    let given: unknown = option
    if (typeof option === 'function') {
      const { context } = this.session
      try {
        given = context.runtime.call(context, option as (none: undefined) => unknown, undefined)
      } catch (error) {
        this.#clear()
        this.fail(error)
        return null
      }
    }
    if (typeof given === 'object' && given !== null) {
      const { correlation } = start
      const isAssigned = correlation instanceof DubboWireHead && correlation.isAssigned
      return DubboWireHead.from(given, isAssigned ? correlation : undefined)
    }
    const own = dubboHeadOf(start)
    if (own !== null) return own
    const id = splitCount(this.#nextId++)
    return new DubboWireHead(DUBBO_REQUEST | DUBBO_TWO_WAY | HESSIAN2, 0, id)
  }

  #writeHead(head: DubboWireHead, bodySize: number): void {
    this.#isAnswer = !head.isRequest && !head.isEvent
    this.#output.writeHead(head, bodySize)
  }

  /** A message that stands for a failure: its request is answered, if it wants to be. */
  #beginFailure(start: MessageStart): void {
    this.#mode = 'skipped'
    const request = start.correlation
    if (!(request instanceof DubboWireHead) || start.failure === '') return
    if (request.isTwoWay) this.#refuse(request, failureStatus(start.failure), start.failure)
  }

  #refuse(request: DubboWireHead, status: number, failure: SessionErrorCode): void {
    const body = failureBody(failure)
    this.#writeHead(new DubboWireHead(HESSIAN2, status, request), body.length)
    this.#output.writeBody(Data.fromBytes(body))
    this.#written()
  }

  #overflow(): void {
    this.session.context.runtime.log.error('[encodeDubbo] body too long')
    const start = this.#start as MessageStart
    this.#clear()
    start.failure = 'BufferOverflow'
    this.#beginFailure(start)
  }

  #sendReadonly(): void {
    this.#sendEvent(DUBBO_REQUEST, readonlyBody())
  }

  #sendEvent(flags: number, body: Data): void {
    const id = splitCount(this.#nextId++)
    const head = new DubboWireHead(flags | DUBBO_EVENT | HESSIAN2, 0, id)
    this.#output.writeHead(head, body.size)
    this.#output.writeBody(body)
    this.#output.finish()
  }

  #end(error: SessionErrorCode | '', end = new SessionEnd(error)): void {
    this.#hasEnded = true
    this.next.process(end.error === error ? end : new SessionEnd(error))
  }
}

/**
 * The decoder of the requests that `encoder` answers: the first one of its session, or of one that
 * it works for. An encoder with a decoder behind it writes requests.
 */
function findDecoder(from: Session, encoder: EncodeDubbo): DecodeDubbo | null {
  const { filters } = from
  const behind = filters.slice(filters.indexOf(encoder) + 1)
  if (behind.some((filter) => filter instanceof DecodeDubbo)) return null
  for (let session: Session | null = from; session !== null; session = session.parent) {
    for (const filter of session.filters) {
      if (filter instanceof DecodeDubbo && !(filter.previous instanceof Upstream)) return filter
    }
  }
  return null
}
