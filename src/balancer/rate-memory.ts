import { randomInt } from 'node:crypto'
import { hashText, mix } from './hash.ts'

/** Limits with a name of their own, those of replaced programs among them. */
export const MAX_RATE_LIMITS = 512
/** Keys of one limit that owe something. */
export const MAX_RATE_KEYS = 16_384

/** Slots among which a key may choose. */
export const WAYS = 8
export const SETS: number = MAX_RATE_KEYS / WAYS
/** A set is one line of the processor's cache: its keys, then their times. */
export const SET_WORDS: number = 2 * WAYS
/** Behind the sets: who puts a new key into one. */
export const LOCKS: number = SETS * SET_WORDS
const LIMIT_WORDS = LOCKS + SETS

// The header, in words of 32 bits; two words for the name of each limit.
const ORIGIN = 0
const SEED = 1
const NAMES = 16
const HEADER_WORDS = NAMES + 2 * MAX_RATE_LIMITS

/**
 * Makes the memory of rate limits, in which nobody owes anything; pages that stay empty cost nothing.
 *
 *     header    origin of the clock · seed of hashes · names of limits
 *     limit 1   set 0   key × 8 · time × 8
 *               set 1   …
 *               lock × sets
 *     limit 2   …
 *
 * It outlives workers and programs. A name keeps its place for ever.
 */
export function createRateMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((HEADER_WORDS + MAX_RATE_LIMITS * LIMIT_WORDS) * 4)
  const words = new Int32Array(memory)
  words[ORIGIN] = process.hrtime()[0]
  // Clients choose some keys: they must not be able to choose them so that they meet.
  words[SEED] = randomInt(2 ** 31)
  return memory
}

/** Where the sets of a limit begin, which gets its place now if it has none. Any thread may ask. */
export function placeOfLimit(words: Int32Array, name: string): number {
  const first = hashText(name) | 0 || 1
  const second = mix(first ^ hashText([...name].reverse().join(''))) | 0 || 1
  for (let limit = 0; limit < MAX_RATE_LIMITS; limit++) {
    const at = NAMES + 2 * limit
    const before = Atomics.compareExchange(words, at, 0, first)
    if (before !== 0 && before !== first) continue
    // Whoever comes second may be here before the first one.
    const beside = Atomics.compareExchange(words, at + 1, 0, second)
    if (beside === 0 || beside === second) return HEADER_WORDS + limit * LIMIT_WORDS
  }
  throw new RangeError(`more than ${MAX_RATE_LIMITS} rate limits`)
}

/** A number that differs from one process to the next. */
export function seedOf(words: Int32Array): number {
  return words[SEED] as number
}

/** A clock in milliseconds that all threads share: `performance.now` begins at the start of each. */
export function sharedClock(words: Int32Array): () => number {
  const [seconds, nanoseconds] = process.hrtime()
  const origin = words[ORIGIN] as number
  const offset = (seconds - origin) * 1000 + nanoseconds / 1e6 - performance.now()
  return () => performance.now() + offset
}
