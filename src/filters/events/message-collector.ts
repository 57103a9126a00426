import { Data } from '../../engine/data.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type MessageEnd,
  type MessageStart,
  SESSION_END,
} from '../../engine/event.ts'
import { Filter } from '../../engine/filter.ts'
import { Holding } from '../../engine/held-bytes.ts'
import { Message } from '../../engine/message.ts'

/** Bytes of one message that a callback may get in one piece. */
const MESSAGE_LIMIT = 16 * 1024 * 1024

/** What a function without parameters is called with: it cannot look. */
const UNSEEN_MESSAGE = new Message()
const UNSEEN_BODY = new Data()

/** Which events of a message do not pass while it is collected. */
export type Withheld = 'nothing' | 'body' | 'message'

/** What a collector does besides collecting. */
export interface CollectorPlan {
  /** Name of the filter, for the log. */
  readonly name: string
  readonly withheld: Withheld
  /** The callback wants to see what was collected; otherwise nothing is copied. */
  readonly isSeen: boolean
}

/**
 * What the filters share that deal with whole messages: collects the head and body of the message
 * that is passing, and calls `complete` when its end has come.
 */
export abstract class MessageCollector extends Filter {
  readonly #plan: CollectorPlan
  #start: MessageStart | null = null
  #body: Data | null = null
  readonly #held = new Holding()
  #hasOverflown = false

  constructor(plan: CollectorPlan) {
    super()
    this.#plan = plan
  }

  /** The message is complete; `end` has not been passed. */
  protected abstract complete(end: MessageEnd): void

  /** The end of a message that never began: passes unless a subclass knows better. */
  protected stray(end: MessageEnd): void {
    this.next.process(end)
  }

  /** The message as a script gets it. */
  protected get message(): Message {
    if (!this.#plan.isSeen) return UNSEEN_MESSAGE
    return new Message(this.#start?.head ?? null, this.#body ?? new Data())
  }

  /** The body as a script gets it. */
  protected get body(): Data {
    return this.#body ?? UNSEEN_BODY
  }

  process(event: Event): void {
    if (this.#hasOverflown) return
    switch (event.kind) {
      case MESSAGE_START:
        this.#begin(event as MessageStart)
        break
      case DATA:
        this.#continue(event as Data)
        break
      case MESSAGE_END:
        if (this.#start === null) this.stray(event as MessageEnd)
        else {
          this.complete(event as MessageEnd)
          this.#forget()
        }
        break
      case INTERIM:
        if (this.#plan.withheld !== 'message') this.next.process(event)
        break
      case SESSION_END:
        // What has no end by now is no message.
        this.#forget()
        this.next.process(event)
        break
      default:
        this.next.process(event)
    }
  }

  override reset(): void {
    this.#forget()
    this.#hasOverflown = false
  }

  #forget(): void {
    this.#start = null
    this.#body = null
    this.#held.give()
  }

  #begin(start: MessageStart): void {
    this.#start = start
    if (this.#plan.isSeen) {
      start.own()
      this.#body = new Data()
    }
    if (this.#plan.withheld === 'message') return
    if (this.#plan.withheld === 'body') start.isBodyChanged = true
    this.next.process(start)
  }

  #continue(data: Data): void {
    if (this.#start === null) return this.next.process(data)
    if (this.#body !== null) {
      this.#body.push(data)
      if (this.#body.size > MESSAGE_LIMIT) return this.#overflow('message too long')
      if (!this.#held.take(this.session.context.runtime.held, data.size))
        return this.#overflow('too many bytes of all messages')
    }
    if (this.#plan.withheld === 'nothing') this.next.process(data)
  }

  #overflow(why: string): void {
    this.#hasOverflown = true
    this.#forget()
    this.session.abort()
    this.session.context.runtime.log.error(`[${this.#plan.name}] ${why}`)
    this.end('BufferOverflow')
  }
}
