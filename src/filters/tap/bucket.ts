import { performance } from 'node:perf_hooks'
import { parseSize } from '../../engine/quantity.ts'
import type { Runtime } from '../../engine/runtime.ts'

/** What may pass per second; a negative number is no limit. */
export interface Quota {
  readonly unit: 'messages' | 'bytes'
  readonly perSecond: number
}

/** Reads a quota as scripts give it: a number counts messages, anything else is a size in bytes. */
export function parseQuota(value: unknown): Quota {
  if (typeof value === 'number') return { unit: 'messages', perSecond: value }
  return { unit: 'bytes', perSecond: parseSize(String(value)) }
}

/** A session whose events wait for the next second. */
export interface BucketClient {
  /** Lets one message or one event pass; false if it could not. */
  serve(): boolean
  readonly isWaiting: boolean
}

const WINDOW_MS = 1000

/**
 * What one account may still use in the current second. Every second begins with the full quota,
 * whatever the one before has left. A timer runs only while somebody waits.
 */
export class Bucket {
  readonly #runtime: Runtime
  #quota: Quota
  #left: number
  #windowStart: number
  #waiting: BucketClient[] = []
  #timer: NodeJS.Timeout | null = null
  /** Sessions that use it. */
  users = 0

  constructor(runtime: Runtime, quota: Quota) {
    this.#runtime = runtime
    this.#quota = quota
    this.#left = quota.perSecond
    this.#windowStart = performance.now()
  }

  get unit(): Quota['unit'] {
    return this.#quota.unit
  }

  /** Whether it can be forgotten without giving anybody more than the quota. */
  get isSpent(): boolean {
    return this.users === 0 && performance.now() - this.#windowStart >= WINDOW_MS
  }

  /** Changes the quota; what was used in the current second stays used. */
  set(quota: Quota): void {
    const used = this.#quota.perSecond - this.#left
    const isSameUnit = quota.unit === this.#quota.unit
    this.#quota = quota
    this.#left = isSameUnit ? quota.perSecond - used : quota.perSecond
  }

  /** What may pass now; infinite without a limit. */
  available(): number {
    const now = performance.now()
    if (now - this.#windowStart >= WINDOW_MS) {
      this.#windowStart = now
      this.#left = this.#quota.perSecond
    }
    return this.#quota.perSecond < 0 ? Number.POSITIVE_INFINITY : this.#left
  }

  use(amount: number): void {
    this.#left -= amount
  }

  /** Puts a session in the queue; it is served from the next second on. */
  wait(client: BucketClient): void {
    this.#waiting.push(client)
    this.#arm()
  }

  /** The session does not wait any more. */
  forget(client: BucketClient): void {
    const at = this.#waiting.indexOf(client)
    if (at >= 0) this.#waiting.splice(at, 1)
    if (this.#waiting.length > 0 || this.#timer === null) return
    clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(): void {
    if (this.#timer !== null) return
    const delay = Math.max(1, Math.ceil(this.#windowStart + WINDOW_MS - performance.now()))
    this.#timer = setTimeout(() => {
      this.#timer = null
      this.#serve()
      this.#runtime.sockets.settle()
    }, delay)
  }

  /** Sessions take turns, so that one with a long queue does not starve the others. */
  #serve(): void {
    let refusals = 0
    while (refusals < this.#waiting.length && this.available() > 0) {
      const client = this.#waiting.shift() as BucketClient
      refusals = client.serve() ? 0 : refusals + 1
      if (client.isWaiting && !this.#waiting.includes(client)) this.#waiting.push(client)
    }
    if (this.#waiting.length > 0) this.#arm()
  }
}
