import { randomInt } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import { hashText, mix } from './hash.ts'

/** Limits with a name of their own: those of a program, and in a reload those of both. */
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

// The header, in words of 32 bits.
const ORIGIN = 0
const SEED = 1
/** Held by who looks for a name. */
const LOCK = 2
/** Numbers of the program that runs, and of the last that was begun. */
const RUNNING = 3
const BUILT = 4
const NAMES = 16
/** For each limit two for its name, and the numbers of programs that have asked for it: see `note`. */
const NAME_WORDS = 4
const HEADER_WORDS = NAMES + NAME_WORDS * MAX_RATE_LIMITS

const NO_PROGRAM = -1
const FREE_NAME = 0
const FREE_KEY = 0
/** Looks at a lock before its thread is taken to be held up, and then once a millisecond. */
const LOCK_SPINS = 100
const LOCK_WAITS = 100

/**
 * Makes the memory of rate limits, in which nobody owes anything; pages that stay empty cost nothing.
 *
 *     header    origin of the clock · seed of hashes · programs · names of limits
 *     limit 1   set 0   key × 8 · time × 8
 *               set 1   …
 *               lock × sets
 *     limit 2   …
 *
 * It outlives workers and programs. A name keeps its place as long as a program has it, and beyond if
 * nobody else needs it.
 */
export function createRateMemory(): SharedArrayBuffer {
  const memory = new SharedArrayBuffer((HEADER_WORDS + MAX_RATE_LIMITS * LIMIT_WORDS) * 4)
  const words = new Int32Array(memory)
  words[ORIGIN] = process.hrtime()[0]
  // Clients choose some keys: they must not be able to choose them so that they meet.
  words[SEED] = randomInt(2 ** 31)
  return memory
}

/**
 * Where the sets of a limit begin, which gets its place now if it has none: one that nobody has had,
 * or that of a limit which the running program does not have any more. Any thread may ask.
 */
export function placeOfLimit(words: Int32Array, name: string): number {
  const first = hashText(name) | 0 || 1
  const second = mix(first ^ hashText([...name].reverse().join(''))) | 0
  lock(words, LOCK)
  try {
    const limit = findLimit(words, first, second)
    const at = NAMES + NAME_WORDS * limit
    const place = HEADER_WORDS + limit * LIMIT_WORDS
    if (words[at] !== first || words[at + 1] !== second) {
      words.fill(FREE_KEY, place, place + LIMIT_WORDS)
      words[at] = first
      words[at + 1] = second
      words[at + 2] = NO_PROGRAM
      words[at + 3] = NO_PROGRAM
    }
    note(words, at)
    return place
  } finally {
    Atomics.store(words, LOCK, 0)
  }
}

/**
 * A program has asked for the limit whose name is at `at`: the one that runs, or one that is built
 * beside it and may never run. The last word is the latter's; what the former had there moves over.
 */
function note(words: Int32Array, at: number): void {
  if (words[at + 3] === words[RUNNING]) words[at + 2] = words[RUNNING] as number
  words[at + 3] = words[BUILT] as number
}

function isInUse(words: Int32Array, at: number): boolean {
  const running = words[RUNNING]
  return words[at + 2] === running || words[at + 3] === running || words[at + 3] === words[BUILT]
}

/** The number of a name, or of the best that it can have. */
function findLimit(words: Int32Array, first: number, second: number): number {
  let unused = -1
  for (let limit = 0; limit < MAX_RATE_LIMITS; limit++) {
    const at = NAMES + NAME_WORDS * limit
    if (words[at] === first && words[at + 1] === second) return limit
    // Names fill the places in order, and what they owe is kept as long as there is room.
    if (words[at] === FREE_NAME) return limit
    if (unused < 0 && !isInUse(words, at)) unused = limit
  }
  if (unused >= 0) return unused
  throw new RangeError(
    `more than ${MAX_RATE_LIMITS} rate limits, with those of the program that runs: ` +
      'give the same name to limits that can be one',
  )
}

/**
 * Takes the lock in word `at`, which storing 0 gives back. It is held for microseconds, unless a thread
 * was held up or has died with it: who waits leaves it the processor, and goes on without after a while.
 */
export function lock(words: Int32Array, at: number): void {
  for (let tries = 0; Atomics.compareExchange(words, at, 0, 1) !== 0; tries++) {
    if (tries < LOCK_SPINS) continue
    if (tries === LOCK_SPINS + LOCK_WAITS) return
    Atomics.wait(words, at, 1, 1)
  }
}

/** A program is about to be built: limits that are asked for from now on are its own. */
export function beginRateLimits(memory: SharedArrayBuffer, program: number): void {
  new Int32Array(memory)[BUILT] = program
}

/** The program that was begun will not run. */
export function dropRateLimits(memory: SharedArrayBuffer): void {
  const words = new Int32Array(memory)
  words[BUILT] = words[RUNNING] as number
}

/**
 * The program runs: what it has not asked for may be given away. The one before can go on there with its last
 * requests, because the keys of other names are others.
 */
export function keepRateLimits(memory: SharedArrayBuffer, program: number): void {
  new Int32Array(memory)[RUNNING] = program
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
