import type { Data } from '../engine/data.ts'
import { defineFilter, evaluate, type ValueOf } from '../engine/definition.ts'
import { DATA, type Event, MESSAGE_END, SESSION_END } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { Holding } from '../engine/held-bytes.ts'
import { own } from './events/own.ts'
import { Accounts } from './tap/accounts.ts'
import { type Bucket, type BucketClient, parseQuota } from './tap/bucket.ts'

/** `tap(quota, account?)`: no more than so many messages or bytes pass per second. */
export const tap = defineFilter({
  name: 'tap',
  description: 'Throttles message rate or data rate',
  parameters: [
    {
      name: 'quota',
      type: 'number | string | (() => number | string)',
      doc: 'Messages per second as a number, or bytes per second as a size such as `"100k"`',
    },
    {
      name: 'account',
      type: 'unknown | (() => unknown)',
      doc: 'Sessions with the same account share one quota; all do unless given',
      isOptional: true,
    },
  ],
  plan: (quota: ValueOf<number | string>, account?: ValueOf<unknown>) => {
    if (quota === undefined || quota === null) {
      throw new TypeError('argument #1 expects a number, a string or a function')
    }
    const accounts = new Accounts()
    return () => new Tap(quota, account, accounts)
  },
})

/** The source is held up, but what it had read already may be this much. */
const BYTE_LIMIT = 16 * 1024 * 1024
const EVENT_LIMIT = 65_536

/**
 * Each session has a queue of its own, which the account's bucket serves: nothing of it can end up
 * in another session, and its end stays behind its data.
 */
class Tap extends Filter implements BucketClient {
  readonly #quota: ValueOf<number | string>
  readonly #account: ValueOf<unknown>
  readonly #accounts: Accounts
  #bucket: Bucket | null = null
  #queue: Event[] = []
  readonly #bytes = new Holding()
  #holdsInput = false
  #pauses = 0
  #hasEnded = false

  constructor(quota: ValueOf<number | string>, account: ValueOf<unknown>, accounts: Accounts) {
    super()
    this.#quota = quota
    this.#account = account
    this.#accounts = accounts
  }

  get isWaiting(): boolean {
    return this.#queue.length > 0
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    if (event.kind === SESSION_END) this.#hasEnded = true
    const bucket = this.#bucket ?? this.#open()
    if (bucket === null) return
    const rest = this.#queue.length > 0 ? event : this.#pass(bucket, event)
    if (rest !== null) this.#hold(bucket, rest)
  }

  serve(): boolean {
    const bucket = this.#bucket
    let hasPassed = false
    while (bucket !== null && this.#queue.length > 0 && this.#pauses === 0) {
      const event = this.#queue[0] as Event
      const before = event.kind === DATA ? (event as Data).size : 0
      const rest = this.#pass(bucket, event)
      const passed = before - (rest?.kind === DATA ? (rest as Data).size : 0)
      // What it passed may have ended the session, which released all.
      this.#bytes.give(Math.min(passed, this.#bytes.size))
      if (rest === null) this.#queue.shift()
      else this.#queue[0] = rest
      hasPassed ||= rest !== event
      if (rest !== null || this.#isTurnOver(bucket, event)) break
    }
    this.#letInputGo()
    return hasPassed
  }

  /** Whether another session comes next; what costs nothing goes along with what came before. */
  #isTurnOver(bucket: Bucket, last: Event): boolean {
    const next = this.#queue[0]
    if (bucket.unit === 'bytes') return next?.kind === DATA
    return last.kind === MESSAGE_END && next?.kind !== SESSION_END
  }

  override pause(): void {
    this.#pauses++
    this.previous?.pause()
  }

  override resume(): void {
    this.#pauses--
    this.previous?.resume()
    if (this.#pauses > 0 || this.#bucket === null || this.#queue.length === 0) return
    // It waits in the bucket as well, but the second may have quota left.
    while (this.serve());
    if (this.#queue.length === 0) this.#bucket.forget(this)
  }

  override reset(): void {
    if (this.#bucket !== null) {
      this.#bucket.users--
      if (this.#queue.length > 0) this.#bucket.forget(this)
    }
    this.#bucket = null
    this.#queue = []
    this.#bytes.give()
    this.#holdsInput = false
    this.#pauses = 0
    this.#hasEnded = false
  }

  #open(): Bucket | null {
    const { context, layout } = this.session
    try {
      const quota = parseQuota(evaluate<unknown>(context, this.#quota))
      const account = String(evaluate(context, this.#account) ?? '')
      this.#bucket = this.#accounts.enter(layout.runtime, account, quota)
    } catch (error) {
      this.#hasEnded = true
      this.fail(error)
    }
    return this.#bucket
  }

  /** Passes what the quota allows; returns what is left of the event, or `null`. */
  #pass(bucket: Bucket, event: Event): Event | null {
    if (bucket.unit === 'bytes') {
      if (event.kind === DATA) return this.#passBytes(bucket, event as Data)
    } else if (event.kind !== SESSION_END) {
      if (bucket.available() <= 0) return event
      if (event.kind === MESSAGE_END) bucket.use(1)
    }
    this.next.process(event)
    return null
  }

  #passBytes(bucket: Bucket, data: Data): Data | null {
    const available = Math.max(0, Math.floor(bucket.available()))
    if (available >= data.size) {
      bucket.use(data.size)
      this.next.process(data)
      return null
    }
    if (available === 0) return data
    // The event may belong to others as well, a constant of the script for instance.
    const rest = data.own().clone()
    const part = rest.shift(available)
    bucket.use(available)
    this.next.process(part)
    return rest
  }

  #hold(bucket: Bucket, event: Event): void {
    this.#queue.push(own(event))
    const size = event.kind === DATA ? (event as Data).size : 0
    const hasRoom = this.#bytes.take(this.session.context.runtime.held, size)
    if (!hasRoom || this.#bytes.size > BYTE_LIMIT || this.#queue.length > EVENT_LIMIT) {
      this.#queue = []
      this.#bytes.give()
      this.#hasEnded = true
      bucket.forget(this)
      this.session.context.runtime.log.error('[tap] buffer overflow')
      this.end('BufferOverflow')
      return
    }
    if (this.#queue.length === 1) bucket.wait(this)
    if (this.#holdsInput) return
    this.#holdsInput = true
    this.previous?.pause()
  }

  #letInputGo(): void {
    if (this.#queue.length > 0 || !this.#holdsInput) return
    this.#holdsInput = false
    this.previous?.resume()
  }
}
