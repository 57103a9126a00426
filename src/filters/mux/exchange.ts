import type { Context } from '../../engine/context.ts'
import type { Data } from '../../engine/data.ts'
import { DATA, type Event, INTERIM, MESSAGE_START, type MessageStart } from '../../engine/event.ts'
import type { Sink, Source } from '../../engine/filter.ts'
import type { SharedSession } from './shared-session.ts'

/** Who sends a message through `mux` and takes its answer. */
export interface Requester {
  readonly next: Sink
  readonly previous: Source | null
  readonly context: Context
  /** Whoever takes the answer is full. */
  readonly isOutputPaused: boolean
  /** The exchange has got its session: input that was held up may go on. */
  attached(): void
  /** Chooses the key anew, after an attempt that has failed. */
  select(): string
}

/** Bytes of a message that are kept so that it can be sent again. */
const KEPT_LIMIT = 64 * 1024

/** One message through `mux`: who sent it, where it is, and what of it can be sent again. */
export class Exchange {
  /** `null` once the requester has gone: the answer is dropped. */
  requester: Requester | null
  key: string
  /** Its request may be sent a second time (RFC 9110 §9.2.2). */
  readonly isIdempotent: boolean
  /** The session that carries it, or `null` while it waits for one. */
  session: SharedSession | null = null
  /** The answer has begun. */
  hasStarted = false
  /** The answer is complete, or will never come. */
  isAnswered = false
  /** Attempts that have failed. */
  failures = 0
  /** Events taken in so far, or `null` once they cannot or need not be sent again. */
  kept: Event[] | null = null
  keptSize = 0

  constructor(requester: Requester, key: string, isIdempotent: boolean) {
    this.requester = requester
    this.key = key
    this.isIdempotent = isIdempotent
  }

  /** Keeps an event; gives up when the message gets too long to keep, unless it `mustKeep`. */
  keep(event: Event, mustKeep: boolean): void {
    if (event.kind === DATA) {
      this.keptSize += (event as Data).size
      if (!mustKeep && this.keptSize > KEPT_LIMIT) {
        this.kept = null
        return
      }
      ;(event as Data).own()
    } else if (event.kind === MESSAGE_START || event.kind === INTERIM) {
      ;(event as MessageStart).own()
    }
    this.kept ??= []
    this.kept.push(event)
  }

  /** Whether more is waiting than should be: the requester is held up. */
  get isOverfull(): boolean {
    return this.session === null && this.keptSize > KEPT_LIMIT
  }
}
