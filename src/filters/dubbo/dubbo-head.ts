import type { Data } from '../../engine/data.ts'
import { type Correlation, MESSAGE_ENDED, MessageStart, type WireHead } from '../../engine/event.ts'
import type { Sink } from '../../engine/filter.ts'
import {
  DUBBO_EVENT,
  DUBBO_REQUEST,
  DUBBO_SERIALIZATION,
  DUBBO_TWO_WAY,
} from '../../native/protocol.ts'
import { formatId, parseId, type RequestId } from './request-id.ts'
import { STATUS_OK } from './status.ts'

/** A Dubbo head as scripts see it. */
export interface DubboHead {
  /** 64 bits as a decimal number. */
  id: string
  status: number
  isRequest: boolean
  isTwoWay: boolean
  isEvent: boolean
}

/** Serialization id of Hessian 2, for messages that scripts make. */
export const HESSIAN2 = 2

/**
 * Where a head that scripts see keeps the serialization of its message. Under a symbol it is out of
 * their sight, and still copied by `{ ...head }`.
 */
const SERIALIZATION: unique symbol = Symbol('serialization')

type ScriptHead = Partial<Record<keyof DubboHead, unknown>> & { [SERIALIZATION]?: number }

/** The fields that tell a Dubbo head from another protocol's, which may have a `status` too. */
const TELLING_FIELDS = ['id', 'isRequest', 'isTwoWay', 'isEvent'] as const

/** The numbers of a 16-byte head, from the wire or for it. Has no bytes of a batch to keep. */
export class DubboWireHead implements WireHead, Correlation, RequestId {
  /** DUBBO_* bits and the serialization. */
  readonly flags: number
  readonly status: number
  readonly idHigh: number
  readonly idLow: number
  /** Length of the body, -1 when unknown. */
  readonly bodySize: number
  /** The id was given by whoever sends the message on, and goes before any that a script gives. */
  isAssigned = false
  #head: (DubboHead & ScriptHead) | null = null

  constructor(flags: number, status: number, id: RequestId, bodySize = -1) {
    this.flags = flags
    this.status = status
    this.idHigh = id.idHigh
    this.idLow = id.idLow
    this.bodySize = bodySize
  }

  /** `events[at]` is a HEAD record. */
  static read(events: Int32Array, at: number): DubboWireHead {
    const id = { idHigh: events[at + 7] as number, idLow: events[at + 8] as number }
    const status = events[at + 6] as number
    return new DubboWireHead(events[at + 5] as number, status, id, events[at + 9] as number)
  }

  /** The head that a script's object asks for, what is missing being 0 or false. */
  static from(head: object, id?: RequestId): DubboWireHead {
    const given = head as ScriptHead
    let flags = (given[SERIALIZATION] ?? HESSIAN2) & DUBBO_SERIALIZATION
    if (given.isRequest) flags |= DUBBO_REQUEST
    if (given.isTwoWay) flags |= DUBBO_TWO_WAY
    if (given.isEvent) flags |= DUBBO_EVENT
    return new DubboWireHead(flags, Number(given.status) & 0xff, id ?? parseId(given.id))
  }

  get isRequest(): boolean {
    return (this.flags & DUBBO_REQUEST) !== 0
  }

  get isTwoWay(): boolean {
    return (this.flags & (DUBBO_REQUEST | DUBBO_TWO_WAY)) === (DUBBO_REQUEST | DUBBO_TWO_WAY)
  }

  get isOneWay(): boolean {
    return (this.flags & (DUBBO_REQUEST | DUBBO_TWO_WAY)) === DUBBO_REQUEST
  }

  get isEvent(): boolean {
    return (this.flags & DUBBO_EVENT) !== 0
  }

  get opensTunnel(): boolean {
    return false
  }

  own(): void {}

  materialise(): DubboHead {
    this.#head ??= {
      id: formatId(this),
      status: (this.status << 24) >> 24,
      isRequest: this.isRequest,
      isTwoWay: (this.flags & DUBBO_TWO_WAY) !== 0,
      isEvent: this.isEvent,
      [SERIALIZATION]: this.flags & DUBBO_SERIALIZATION,
    }
    return this.#head
  }

  clone(): DubboWireHead {
    return this.withId(this)
  }

  /** The same head, with what scripts have changed, and another id. */
  withId(id: RequestId): DubboWireHead {
    const copy = new DubboWireHead(this.flags, this.status, id, this.bodySize)
    if (this.#head !== null) copy.#head = { ...this.#head, id: formatId(id) }
    return copy
  }

  /** The head with what scripts have changed in it. */
  current(): DubboWireHead {
    return this.#head === null ? this : DubboWireHead.from(this.#head)
  }

  acknowledge(sink: Sink, body: Data | null): void {
    if (!this.isTwoWay) return
    const flags = DUBBO_EVENT | (this.flags & DUBBO_SERIALIZATION)
    const answer = new DubboWireHead(flags, STATUS_OK, this, body?.size ?? 0)
    sink.process(new MessageStart(null, answer))
    if (body !== null) sink.process(body)
    sink.process(MESSAGE_ENDED)
  }
}

/** Whether a script's head is one of Dubbo. */
export function isDubboHead(head: object | null): head is Partial<DubboHead> {
  return head !== null && TELLING_FIELDS.some((field) => field in head)
}

/** The Dubbo head of a message, `null` if it has none. */
export function dubboHeadOf(start: MessageStart): DubboWireHead | null {
  if (start.wire instanceof DubboWireHead) return start.wire.current()
  if (start.wire !== null) return null
  return isDubboHead(start.head) ? DubboWireHead.from(start.head) : null
}
