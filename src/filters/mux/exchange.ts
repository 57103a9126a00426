import type { Context } from '../../engine/context.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import {
  type Correlation,
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  type MessageEnd,
  type MessageStart,
  SessionEnd,
} from '../../engine/event.ts'
import type { Source } from '../../engine/filter.ts'
import { HEAD_IDEMPOTENT, HEAD_NO_BODY, HEAD_UPGRADE } from '../../native/protocol.ts'
import { failedMessage } from '../http/frame-output.ts'
import type { MuxGroup } from './group.ts'
import type { MuxSession } from './mux-session.ts'
import type { MessagePolicy } from './policy.ts'

/** Who sends a message through `mux` and takes its answer. */
export interface Requester {
  readonly previous: Source | null
  readonly context: Context
  /** Whoever takes the answer is full. */
  readonly isOutputPaused: boolean
  /** Takes an event of the answer to an exchange. */
  deliver(event: Event, exchange: Exchange): void
  /** The exchange has got its session: input that was held up may go on. */
  attached(): void
  /** The answer to the exchange has opened a tunnel: what comes in raw from now on belongs to it. */
  tunnelled(exchange: Exchange): void
  /** Chooses the key anew, after an attempt that has failed. */
  select(): string
}

const HEDGEABLE = HEAD_IDEMPOTENT | HEAD_NO_BODY

/** Bytes of a message that are kept so that it can be sent again. */
const KEPT_LIMIT = 64 * 1024

/** One message through `mux`: who sent it, where it is, and what of it can be sent again. */
export class Exchange {
  /** `null` once the requester has gone: the answer is dropped. */
  requester: Requester | null
  group: MuxGroup
  /** Its request may be sent a second time (RFC 9110 §9.2.2). */
  readonly isIdempotent: boolean
  /** It may be sent a second time while the first is in progress: it has no body. */
  readonly isHedgeable: boolean
  /** Its connection may become one of another protocol: nobody else can use it. */
  readonly isExclusive: boolean
  /** What its answer refers to, in protocols whose answers come in any order. */
  readonly correlation: Correlation | null
  /** The session that carries it, or `null` while it waits for one. */
  session: MuxSession | null
  /** The answer has begun. */
  hasStarted: boolean
  /** An interim response has gone to the requester. */
  hasInterim: boolean
  /** The answer is complete, or will never come. */
  isAnswered: boolean
  /** When the current attempt began, in milliseconds of the monotonic clock, if somebody asks. */
  startedAt: number
  /** Until when its answer has to begin, on the same clock: in all, and in the current attempt. */
  dueAt: number
  attemptDueAt: number
  /** When it may get a second attempt beside the first. */
  hedgeAt: number
  /** What holds for it. */
  readonly policy: MessagePolicy
  /** The other attempt in progress, one of which `isHedge`; `null` almost always. */
  twin: Exchange | null
  isHedge: boolean
  /** Until when it may wait for a session, on the same clock, if that is limited. */
  waitsUntil: number
  /** Attempts that have failed. */
  failures: number
  /** Retries of them that the retry policy has allowed. */
  retried: number
  /**
   * Events taken in so far but for the last, or `null` if they cannot or need not be sent again.
   * The end has a field of its own, so that the list of most messages never grows.
   */
  kept: Event[] | null
  keptEnd: MessageEnd | null
  keptSize: number
  /** Its requester is held up because its session is full. */
  #isHeld: boolean

  /** `flags` are the HEAD_* bits of the request, 0 in other protocols. */
  constructor(
    requester: Requester,
    group: MuxGroup,
    flags: number,
    correlation: Correlation | null,
    policy: MessagePolicy,
  ) {
    this.requester = requester
    this.group = group
    this.isIdempotent = (flags & HEAD_IDEMPOTENT) !== 0
    this.isExclusive = (flags & HEAD_UPGRADE) !== 0
    this.isHedgeable = (flags & HEDGEABLE) === HEDGEABLE && !this.isExclusive
    this.correlation = correlation
    this.session = null
    this.hasStarted = false
    this.hasInterim = false
    this.isAnswered = false
    this.startedAt = 0
    this.dueAt = Number.POSITIVE_INFINITY
    this.attemptDueAt = Number.POSITIVE_INFINITY
    this.hedgeAt = 0
    this.policy = policy
    this.twin = null
    this.isHedge = false
    this.waitsUntil = 0
    this.failures = 0
    this.retried = 0
    this.kept = null
    this.keptEnd = null
    this.keptSize = 0
    this.#isHeld = false
  }

  /** The session is full: whoever sends the message is to wait, also after its end. */
  hold(): void {
    if (this.#isHeld) return
    this.#isHeld = true
    this.requester?.previous?.pause()
  }

  /** The session has room again, or is not this message's any more. */
  release(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.requester?.previous?.resume()
  }

  /**
   * Keeps an event; gives up when the message gets too long to keep, unless it `mustKeep`. One that
   * `isLent` is made to outlive the batch by the caller.
   */
  keep(event: Event, mustKeep: boolean, isLent = false): void {
    switch (event.kind) {
      case MESSAGE_END:
        this.keptEnd = event
        return
      case DATA:
        this.keptSize += event.size
        if (!mustKeep && this.keptSize > KEPT_LIMIT) {
          this.kept = null
          return
        }
        event.own()
        break
      case MESSAGE_START:
      case INTERIM:
        if (!isLent) event.own()
        break
    }
    if (this.kept === null) this.kept = [event]
    else this.kept.push(event)
  }

  /** Makes what is kept outlive the batch. */
  own(): void {
    const start = this.kept?.[0]
    if (start?.kind === MESSAGE_START) start.own()
  }

  /** Makes a second attempt of a whole message without a body, in another group. */
  hedgeIn(group: MuxGroup): Exchange {
    const flags = HEAD_IDEMPOTENT | HEAD_NO_BODY
    const hedge = new Exchange(this.requester as Requester, group, flags, null, this.policy)
    this.own()
    const start = this.kept?.[0] as MessageStart
    hedge.kept = [start.clone()]
    hedge.keptEnd = this.keptEnd
    hedge.isHedge = true
    hedge.twin = this
    this.twin = hedge
    return hedge
  }

  /** Changes places with the other attempt, which has to begin no more than this one. */
  swap(other: Exchange): void {
    this.release()
    other.release()
    this.session?.replace?.(this, other)
    other.session?.replace?.(other, this)
    const { session, group, startedAt, attemptDueAt, kept } = this
    this.session = other.session
    this.group = other.group
    this.startedAt = other.startedAt
    this.attemptDueAt = other.attemptDueAt
    this.kept = other.kept
    Object.assign(other, { session, group, startedAt, attemptDueAt, kept })
  }

  /** There will be no answer, or no more of it: tells the requester. */
  fail(error: SessionErrorCode, requester: Requester | null = this.requester): void {
    const { correlation } = this
    if (correlation === null || this.hasStarted) {
      requester?.deliver(new SessionEnd(error), this)
    } else if (!correlation.isOneWay) {
      // The other messages of the same requester go on.
      requester?.deliver(failedMessage(error, null, correlation), this)
      requester?.deliver(MESSAGE_ENDED, this)
    }
  }

  /** Whether more is waiting than should be: the requester is held up. */
  get isOverfull(): boolean {
    return this.session === null && this.keptSize > KEPT_LIMIT
  }
}
