import { performance } from 'node:perf_hooks'
import { connectionWords, EndpointConnections } from './endpoint-connections.ts'
import { hashText, mix } from './hash.ts'

/** What active probes have found. */
export type Health = 'unknown' | 'healthy' | 'unhealthy'

/**
 * What an operator wants: `draining` gets no new clients but keeps those that a cookie ties to it,
 * `disabled` gets nothing.
 */
export type AdminState = 'enabled' | 'draining' | 'disabled'

/** Endpoints of all upstreams together. */
export const MAX_ENDPOINTS = 4096

const HEALTHS: readonly Health[] = ['unknown', 'healthy', 'unhealthy']
const ADMIN_STATES: readonly AdminState[] = ['enabled', 'draining', 'disabled']

// The header, in words of 32 bits; it takes the place of a row.
const VERSION = 0
const ORIGIN = 1

// A row: one line of the processor's cache per endpoint.
const ROW_WORDS = 16
const KEY = 0
const KEY_AGAIN = 1
const HEALTH = 2
const ADMIN = 3
const WEIGHT = 4
const USABLE_SINCE = 5
const EJECTED_UNTIL = 6
const EJECTIONS_IN_A_ROW = 7
const EJECTIONS = 8
const FAILURES_IN_A_ROW = 9
const REQUESTS = 10
const FAILURES = 11
const LATENCY = 12

/** Stands for the key of a row that was forgotten. */
const FORGOTTEN = -1

/** Latencies are added up in tens of microseconds: a second of 40,000 requests in progress fits. */
const LATENCY_UNITS_PER_MS = 100

/** Makes the memory of an empty table for so many threads; pages that stay empty cost nothing. */
export function createEndpointMemory(seats = 1): SharedArrayBuffer {
  const rows = MAX_ENDPOINTS + 1
  const memory = new SharedArrayBuffer((rows * ROW_WORDS + connectionWords(rows, seats)) * 4)
  new Int32Array(memory)[ORIGIN] = process.hrtime()[0]
  return memory
}

/** Sums of one endpoint over all workers; each wraps at 2³². */
export interface EndpointSums {
  requests: number
  failures: number
  /** Of all requests together, in milliseconds. */
  latencyMs: number
}

/**
 * What all threads know of endpoints: probes' findings, the operator's wishes, and what has come of
 * requests. Rows are found by the names of upstream and endpoint, so that they outlive reloads and
 * workers. The main thread adds rows; all threads read and write them without a lock.
 *
 *     header   version · origin of the clock
 *     row 1    key · health · admin state · weight · times · counters
 *     row 2    …
 *     connections: see EndpointConnections
 *
 * `version` changes whenever something does that decides where requests go: who remembers it
 * learns of all changes with one load.
 */
export class EndpointTable {
  readonly #words: Int32Array
  /** What `performance.now` lacks to the table's clock: every thread's begins at its own start. */
  readonly #clockOffset: number
  /** Connections to endpoints that may have so many only. */
  readonly connections: EndpointConnections

  /** `seat` is this worker's number among those that live. */
  constructor(memory: SharedArrayBuffer, seat = 0) {
    this.#words = new Int32Array(memory)
    const rows = MAX_ENDPOINTS + 1
    this.connections = new EndpointConnections(this.#words.subarray(rows * ROW_WORDS), rows, seat)
    const [seconds, nanoseconds] = process.hrtime()
    const origin = this.#words[ORIGIN] as number
    this.#clockOffset = (seconds - origin) * 1000 + nanoseconds / 1e6 - performance.now() + 1
  }

  get version(): number {
    return Atomics.load(this.#words, VERSION)
  }

  /** Milliseconds on a clock that all threads share: whole, at least 1, for 24 days without wrap. */
  now(): number {
    return Math.floor(performance.now() + this.#clockOffset) | 0
  }

  /** The row of an endpoint, made if there is none. Only for the thread that owns the table. */
  claim(upstream: string, address: string): number {
    const found = this.find(upstream, address)
    if (found > 0) return found
    // Forgotten ones last: a program that was replaced may still look at them.
    const row = this.#rowOf(0) || this.#rowOf(FORGOTTEN)
    if (row === 0) throw new RangeError(`more than ${MAX_ENDPOINTS} endpoints`)
    const [key, again] = keysOf(upstream, address)
    this.#words.fill(0, row * ROW_WORDS + HEALTH, (row + 1) * ROW_WORDS)
    this.#set(row, KEY_AGAIN, again)
    this.#set(row, KEY, key)
    return row
  }

  /** The row of an endpoint, or 0 if there is none. */
  find(upstream: string, address: string): number {
    const words = this.#words
    const [key, again] = keysOf(upstream, address)
    for (let row = 1; row <= MAX_ENDPOINTS; row++) {
      const at = row * ROW_WORDS
      const found = Atomics.load(words, at + KEY)
      if (found === 0) return 0
      if (found === key && words[at + KEY_AGAIN] === again) return row
    }
    return 0
  }

  /** Forgets an endpoint that no program has any more. Only for the thread that owns the table. */
  forget(row: number): void {
    this.#set(row, KEY, FORGOTTEN)
    this.#words.fill(0, row * ROW_WORDS + HEALTH, (row + 1) * ROW_WORDS)
    this.#changed()
  }

  health(row: number): Health {
    return HEALTHS[this.#get(row, HEALTH)] ?? 'unknown'
  }

  setHealth(row: number, health: Health): void {
    if (health === 'healthy' && this.health(row) === 'unhealthy') this.#returns(row)
    this.#set(row, HEALTH, HEALTHS.indexOf(health))
    this.#changed()
  }

  adminState(row: number): AdminState {
    return ADMIN_STATES[this.#get(row, ADMIN)] ?? 'enabled'
  }

  setAdminState(row: number, state: AdminState): void {
    if (state === 'enabled' && this.adminState(row) !== 'enabled') this.#returns(row)
    this.#set(row, ADMIN, ADMIN_STATES.indexOf(state))
    this.#changed()
  }

  /** The weight that an operator has set; 0 for that of the config. */
  weight(row: number): number {
    return this.#get(row, WEIGHT)
  }

  /** Sets a weight from 1, or 0 for that of the config. */
  setWeight(row: number, weight: number): void {
    this.#set(row, WEIGHT, weight)
    this.#changed()
  }

  /** Since when an endpoint has been usable again, on the table's clock; 0 for ever. */
  usableSince(row: number): number {
    const since = this.#get(row, USABLE_SINCE)
    const until = this.#get(row, EJECTED_UNTIL)
    return since - until > 0 ? since : until
  }

  /** Until when an endpoint is ejected, on the table's clock; the past, or 0, if it is not. */
  ejectedUntil(row: number): number {
    return this.#get(row, EJECTED_UNTIL)
  }

  isEjected(row: number): boolean {
    const until = this.#get(row, EJECTED_UNTIL)
    return until !== 0 && until - this.now() > 0
  }

  /** How often an endpoint has been ejected. */
  ejections(row: number): number {
    return this.#get(row, EJECTIONS)
  }

  /**
   * Leaves an endpoint out for `baseMs`, twice as long each time that it fails again soon after it
   * has returned, up to `maxMs`. One that is out already stays so.
   */
  eject(row: number, baseMs: number, maxMs: number): boolean {
    const until = this.#get(row, EJECTED_UNTIL)
    const now = this.now()
    if (until !== 0 && until - now > 0) return false
    const before = this.#get(row, EJECTIONS_IN_A_ROW)
    const lastMs = baseMs * 2 ** (before - 1)
    const isSoon = until !== 0 && now - until < Math.max(baseMs, Math.min(lastMs, maxMs))
    const inARow = isSoon ? before + 1 : 1
    const next = now + Math.min(maxMs, baseMs * 2 ** (inARow - 1))
    const at = row * ROW_WORDS
    // Of threads that find the same at once, one ejects.
    if (Atomics.compareExchange(this.#words, at + EJECTED_UNTIL, until, next) !== until)
      return false
    this.#set(row, EJECTIONS_IN_A_ROW, Math.min(inARow, 20))
    this.#set(row, FAILURES_IN_A_ROW, 0)
    Atomics.add(this.#words, at + EJECTIONS, 1)
    this.#changed()
    return true
  }

  /** Ends an ejection before its time. */
  readmit(row: number): void {
    if (!this.isEjected(row)) return
    this.#set(row, EJECTED_UNTIL, this.now())
    this.#changed()
  }

  /** A request was answered well; `latencyMs` is how long that took. */
  countSuccess(row: number, latencyMs: number): void {
    const words = this.#words
    const at = row * ROW_WORDS
    Atomics.add(words, at + REQUESTS, 1)
    Atomics.add(words, at + LATENCY, Math.round(latencyMs * LATENCY_UNITS_PER_MS))
    if (Atomics.load(words, at + FAILURES_IN_A_ROW) !== 0)
      Atomics.store(words, at + FAILURES_IN_A_ROW, 0)
  }

  /** A request failed; returns how many have now, one after the other. */
  countFailure(row: number): number {
    const at = row * ROW_WORDS
    Atomics.add(this.#words, at + REQUESTS, 1)
    Atomics.add(this.#words, at + FAILURES, 1)
    return Atomics.add(this.#words, at + FAILURES_IN_A_ROW, 1) + 1
  }

  sums(row: number): EndpointSums {
    return {
      requests: this.#get(row, REQUESTS) >>> 0,
      failures: this.#get(row, FAILURES) >>> 0,
      latencyMs: (this.#get(row, LATENCY) >>> 0) / LATENCY_UNITS_PER_MS,
    }
  }

  /** What has been added between two readings, which may have wrapped. */
  static difference(after: EndpointSums, before: EndpointSums): EndpointSums {
    const latency = (after.latencyMs - before.latencyMs) * LATENCY_UNITS_PER_MS
    return {
      requests: (after.requests - before.requests) >>> 0,
      failures: (after.failures - before.failures) >>> 0,
      latencyMs: (Math.round(latency) >>> 0) / LATENCY_UNITS_PER_MS,
    }
  }

  /** The first row with a key, or 0. */
  #rowOf(key: number): number {
    for (let row = 1; row <= MAX_ENDPOINTS; row++) if (this.#get(row, KEY) === key) return row
    return 0
  }

  #returns(row: number): void {
    this.#set(row, USABLE_SINCE, this.now())
  }

  #get(row: number, word: number): number {
    return Atomics.load(this.#words, row * ROW_WORDS + word)
  }

  #set(row: number, word: number, value: number): void {
    Atomics.store(this.#words, row * ROW_WORDS + word, value)
  }

  #changed(): void {
    Atomics.add(this.#words, VERSION, 1)
  }
}

/** 64 bits that stand for an endpoint of an upstream; the first 32 are neither 0 nor all set. */
function keysOf(upstream: string, address: string): [number, number] {
  const name = `${upstream}\n${address}`
  const key = hashText(name)
  const first = key | 0
  return [
    first === 0 || first === FORGOTTEN ? 1 : first,
    mix(key ^ hashText([...name].reverse().join(''))) | 0,
  ]
}
