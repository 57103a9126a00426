import type { Data } from '../../engine/data.ts'
import { DATA, type Event, MESSAGE_START, MessageStart } from '../../engine/event.ts'
import { DubboWireHead, dubboHeadOf, isDubboHead } from '../dubbo/dubbo-head.ts'
import { formatId, type RequestId, splitCount } from '../dubbo/request-id.ts'
import type { Exchange } from './exchange.ts'

/** One Dubbo request through `mux`: what of it has come in, and under which id it was sent. */
export class DubboCall {
  readonly exchange: Exchange
  /** Its id on the shared session. */
  id = 0
  /** When its answer has to have begun, in the time of `performance.now()`. */
  deadline = 0
  #start: MessageStart | null = null
  #body: Data[] | null = null
  /** The requester's id; `null` if it knows of none, being of another protocol. */
  #originalId: RequestId | null = null
  #holdsInput = false

  constructor(exchange: Exchange) {
    this.exchange = exchange
  }

  collect(event: Event): void {
    if (event.kind === MESSAGE_START) this.#start = event
    else if (event.kind === DATA) {
      if (this.#body === null) this.#body = [event]
      else this.#body.push(event)
    }
  }

  /** Makes what was collected safe to keep past the current batch. */
  own(): void {
    this.#start?.own()
    if (this.#body !== null) for (const data of this.#body) data.own()
  }

  /** Holds up the requester, which is still sending. */
  holdInput(value: boolean): void {
    if (this.#holdsInput === value) return
    this.#holdsInput = value
    const source = this.exchange.requester?.previous
    if (value) source?.pause()
    else source?.resume()
  }

  /** Whether the message is one to send on; a stray answer is not. */
  get isRequest(): boolean {
    const head = this.#head
    return this.#start !== null && (head === null || head.isRequest)
  }

  get isOneWay(): boolean {
    return this.#head?.isOneWay === true
  }

  get #head(): DubboWireHead | null {
    return this.#start === null ? null : dubboHeadOf(this.#start)
  }

  /** The start of the message as it is sent, with its id on the shared session. */
  startWith(count: number): MessageStart {
    this.id = count
    const start = this.#start as MessageStart
    this.#start = null
    const { correlation } = this.exchange
    this.#originalId = correlation instanceof DubboWireHead ? correlation : dubboHeadOf(start)
    const sent = withId(start, splitCount(count))
    sent.isBodyChanged = start.isBodyChanged
    return sent
  }

  takeBody(): Data[] | null {
    const body = this.#body
    this.#body = null
    return body
  }

  /** The start of the answer as the requester knows it. */
  answerOf(start: MessageStart): MessageStart {
    const id = this.#originalId
    if (id === null) return start
    const answer = withId(start, id)
    answer.isBodyChanged = start.isBodyChanged
    answer.correlation = this.exchange.correlation
    return answer
  }
}

/** A copy of `start` with another id. A head of another protocol becomes that of a two-way request. */
function withId(start: MessageStart, id: RequestId): MessageStart {
  const { wire } = start
  if (wire instanceof DubboWireHead) {
    const head = wire.withId(id)
    head.isAssigned = true
    const copy = new MessageStart(null, head)
    copy.correlation = head
    return copy
  }
  const { head } = start
  const kind = isDubboHead(head) ? null : { isRequest: true, isTwoWay: true }
  const copy = new MessageStart({ ...head, ...kind, id: formatId(id) })
  const assigned = new DubboWireHead(0, 0, id)
  assigned.isAssigned = true
  copy.correlation = assigned
  return copy
}
