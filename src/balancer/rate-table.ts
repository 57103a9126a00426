import { hashText, mix } from './hash.ts'
import {
  LOCKS,
  lock,
  placeOfLimit,
  SET_WORDS,
  SETS,
  seedOf,
  sharedClock,
  WAYS,
} from './rate-memory.ts'

/** How much a key may have: so many tokens per second on average, and so many at once. */
export interface Rate {
  readonly perSecond: number
  readonly burst: number
}

/** Stands in place of a key. */
const FREE = 0

/** Parts of the time between two tokens: how exact one decision is. Nothing of it adds up. */
const TICKS_PER_TOKEN = 64
/** Tokens of the largest bucket: its ticks are a quarter of 32 bits. */
export const MAX_BURST: number = 2 ** 24
/** By how much the clocks of threads may differ, and a thread be held up between two steps. */
const SLACK_MS = 1000

/**
 * One rate limit: a bucket of tokens for each key, in memory that threads share. Only a new key
 * needs a lock, that of its set, so that it gets one place. What is kept of a bucket is the time at
 * which it will be full (the generic cell rate algorithm), in ticks that wrap at 2³². A key that is
 * not there has a full bucket, and full ones make room. When all slots of a set owe something, the
 * one that owes least is forgotten, so that a flood of keys frees nobody who asks much.
 */
export class RateTable {
  readonly #words: Int32Array
  readonly #at: number
  readonly #seed: number
  readonly #ticksPerMs: number
  /** Ticks of a whole bucket. */
  readonly #capacity: number
  /** Nobody owes more than that: it is a time that has wrapped. */
  readonly #most: number
  readonly #now: () => number
  // Where the last key was looked for, and what stands for it: results of one call.
  #set = 0
  #lock = 0
  #check = 0

  /**
   * Limits of one name share their buckets, if their rates are the same. `now` is a clock in
   * milliseconds for all threads. Throws a RangeError when there are too many names.
   */
  constructor(
    memory: SharedArrayBuffer,
    name: string,
    { perSecond, burst }: Rate,
    now?: () => number,
  ) {
    this.#words = new Int32Array(memory)
    this.#at = placeOfLimit(this.#words, name)
    this.#seed = mix(seedOf(this.#words) ^ hashText(`${name} ${perSecond}/${burst}`))
    this.#ticksPerMs = (perSecond * TICKS_PER_TOKEN) / 1000
    this.#capacity = burst * TICKS_PER_TOKEN
    const slack = Math.ceil(this.#ticksPerMs * SLACK_MS) + TICKS_PER_TOKEN
    this.#most = this.#capacity + Math.min(slack, 2 ** 29)
    this.#now = now ?? sharedClock(this.#words)
  }

  /**
   * Takes tokens of a key, if there are enough. Returns 0, or in how many milliseconds there will be:
   * never if a bucket does not hold so many.
   */
  take(key: string, tokens = 1): number {
    const words = this.#words
    const needed = Math.ceil(tokens * TICKS_PER_TOKEN)
    if (needed > this.#capacity) return Number.POSITIVE_INFINITY
    this.#look(key)
    for (;;) {
      const at = this.#claim() + WAYS
      const before = Atomics.load(words, at)
      const now = this.#ticks()
      const owed = this.#owed(before, now) + needed
      if (owed > this.#capacity) return (owed - this.#capacity) / this.#ticksPerMs
      if (Atomics.compareExchange(words, at, before, (now + owed) | 0) === before) return 0
    }
  }

  /** In how many milliseconds there will be so many tokens; 0 if there are now. Takes none. */
  wait(key: string, tokens = 1): number {
    const needed = Math.ceil(tokens * TICKS_PER_TOKEN)
    if (needed > this.#capacity) return Number.POSITIVE_INFINITY
    return Math.max(0, this.#owedBy(key) + needed - this.#capacity) / this.#ticksPerMs
  }

  /** Whole tokens that a key has. */
  left(key: string): number {
    return Math.max(0, Math.floor((this.#capacity - this.#owedBy(key)) / TICKS_PER_TOKEN))
  }

  #owedBy(key: string): number {
    this.#look(key)
    const slot = this.#find()
    return slot < 0 ? 0 : this.#owed(Atomics.load(this.#words, slot + WAYS), this.#ticks())
  }

  #ticks(): number {
    return Math.floor(this.#now() * this.#ticksPerMs) | 0
  }

  /** Ticks that a bucket needs to be full. */
  #owed(full: number, now: number): number {
    const owed = (full - now) | 0
    return owed < 0 || owed > this.#most ? 0 : owed
  }

  /** FNV-1a twice, with different numbers. */
  #look(key: string): void {
    let first = 0x811c9dc5 ^ this.#seed
    let second = 0x9e3779b9 ^ this.#seed
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i)
      first = Math.imul(first ^ unit, 0x01000193)
      second = Math.imul(second ^ unit, 0x5bd1e995)
    }
    const check = mix(second) | 0
    const set = mix(first) & (SETS - 1)
    this.#set = this.#at + set * SET_WORDS
    this.#lock = this.#at + LOCKS + set
    this.#check = check === FREE ? 1 : check
  }

  /** The slot of the key, or -1. */
  #find(): number {
    for (let slot = this.#set; slot < this.#set + WAYS; slot++) {
      if (Atomics.load(this.#words, slot) === this.#check) return slot
    }
    return -1
  }

  /** The slot of the key, which gets one if it has none. */
  #claim(): number {
    const found = this.#find()
    if (found >= 0) return found
    const words = this.#words
    lock(words, this.#lock)
    let slot = this.#find()
    if (slot < 0) {
      slot = this.#cheapest()
      Atomics.store(words, slot, FREE)
      Atomics.store(words, slot + WAYS, this.#ticks())
      Atomics.store(words, slot, this.#check)
    }
    Atomics.store(words, this.#lock, 0)
    return slot
  }

  /** The slot of the set that is free, or owes least. */
  #cheapest(): number {
    const words = this.#words
    const now = this.#ticks()
    let cheapest = this.#set
    let least = Number.POSITIVE_INFINITY
    for (let slot = this.#set; slot < this.#set + WAYS; slot++) {
      const key = Atomics.load(words, slot)
      const owed = key === FREE ? 0 : this.#owed(Atomics.load(words, slot + WAYS), now)
      if (owed < least) {
        least = owed
        cheapest = slot
      }
    }
    return cheapest
  }
}
