import { threadId } from 'node:worker_threads'

/** Keys that a table holds at most, those of all maps together. */
export const MAX_KEYS = 10_000
/** Longest name of a map together with a key, in bytes of UTF-8. */
export const MAX_KEY_BYTES = 224

/** A power of two, with room to spare: probes stay short. */
const SLOTS = 16_384
const HEADER_BYTES = 64
const SLOT_BYTES = 256
const TABLE_BYTES = HEADER_BYTES + SLOTS * SLOT_BYTES

// Positions in the header, in 32-bit words.
const LOCK = 0
const COUNT = 1

// Positions in a slot: three words, the value at byte 16, the key from byte 24.
const STATE = 0
const HASH = 1
const LENGTH = 2
const VALUE_BYTE = 16
const KEY_BYTE = 24

// States of a slot. A removed one is probed past, and may be taken again.
const FREE = 0
const USED = 1
const REMOVED = 2

const OPEN = 0
/** Tries before a thread goes to sleep; whoever has the lock needs it for about a microsecond. */
const SPINS = 100
/** Bounds how late a thread notices that its wake-up call was lost with another thread. */
const SLEEP_MS = 10

/** Makes the memory of an empty table; pages that stay empty cost nothing. */
export function createSharedMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(TABLE_BYTES)
}

/**
 * Opens the lock if the thread `deadThread`, which has ended, died with it. What such a thread
 * leaves is whole: an entry counts only when its state says so, which is written last.
 */
export function releaseLockOf(memory: SharedArrayBuffer, deadThread: number): void {
  const words = new Int32Array(memory)
  if (Atomics.compareExchange(words, LOCK, deadThread + 1, OPEN) === deadThread + 1) {
    Atomics.notify(words, LOCK)
  }
}

/**
 * A hash table of numbers in memory that threads share: open addressing, linear probing, and one
 * lock for all operations.
 *
 *     header   lock: 0, or the owner's thread number + 1 · number of keys
 *     slot 0   state, hash, length of the key · value · key
 *     slot 1   …
 */
export class SharedTable {
  readonly #words: Int32Array
  readonly #values: Float64Array
  readonly #bytes: Uint8Array

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    this.#values = new Float64Array(memory)
    this.#bytes = new Uint8Array(memory)
  }

  get(key: Uint8Array): number | undefined {
    const hash = hashOf(key)
    this.#acquire()
    const slot = this.#find(key, hash)
    const value = slot < 0 ? undefined : this.#values[valueAt(slot)]
    this.#release()
    return value
  }

  /** Returns false when the table is full. */
  set(key: Uint8Array, value: number): boolean {
    return this.#update(key, value, false) !== undefined
  }

  /** Returns the new value, or undefined when the table is full. */
  add(key: Uint8Array, amount: number): number | undefined {
    return this.#update(key, amount, true)
  }

  /** Returns whether the key was there. */
  delete(key: Uint8Array): boolean {
    const hash = hashOf(key)
    this.#acquire()
    const slot = this.#find(key, hash)
    if (slot >= 0) this.#remove(slot)
    this.#release()
    return slot >= 0
  }

  /** Copies of all keys that begin with `prefix`, without it. */
  keys(prefix: Uint8Array): Uint8Array[] {
    const keys: Uint8Array[] = []
    this.#acquire()
    for (let slot = 0; slot < SLOTS; slot++) {
      if (this.#words[wordAt(slot) + STATE] !== USED) continue
      if (this.#startsWith(slot, prefix)) {
        const at = keyAt(slot)
        const length = this.#words[wordAt(slot) + LENGTH] as number
        keys.push(this.#bytes.slice(at + prefix.length, at + length))
      }
    }
    this.#release()
    return keys
  }

  #update(key: Uint8Array, value: number, isSum: boolean): number | undefined {
    const hash = hashOf(key)
    this.#acquire()
    let slot = this.#find(key, hash)
    let result: number | undefined = value
    if (slot >= 0) {
      if (isSum) result += this.#values[valueAt(slot)] as number
      this.#values[valueAt(slot)] = result
    } else {
      slot = this.#insert(key, hash, value)
      if (slot < 0) result = undefined
    }
    this.#release()
    return result
  }

  #find(key: Uint8Array, hash: number): number {
    const words = this.#words
    for (let i = 0, slot = hash & (SLOTS - 1); i < SLOTS; i++, slot = (slot + 1) & (SLOTS - 1)) {
      const at = wordAt(slot)
      if (words[at + STATE] === FREE) return -1
      if (words[at + STATE] === REMOVED || words[at + HASH] !== hash) continue
      if (words[at + LENGTH] === key.length && this.#startsWith(slot, key)) return slot
    }
    return -1
  }

  #insert(key: Uint8Array, hash: number, value: number): number {
    const words = this.#words
    if ((words[COUNT] as number) >= MAX_KEYS) return -1
    let slot = hash & (SLOTS - 1)
    while (words[wordAt(slot) + STATE] === USED) slot = (slot + 1) & (SLOTS - 1)
    const at = wordAt(slot)
    words[at + HASH] = hash
    words[at + LENGTH] = key.length
    this.#bytes.set(key, keyAt(slot))
    this.#values[valueAt(slot)] = value
    Atomics.store(words, at + STATE, USED)
    words[COUNT] = (words[COUNT] as number) + 1
    return slot
  }

  /** Slots before a free one need not be probed past: they become free themselves. */
  #remove(slot: number): void {
    const words = this.#words
    Atomics.store(words, wordAt(slot) + STATE, REMOVED)
    words[COUNT] = (words[COUNT] as number) - 1
    if (words[wordAt((slot + 1) & (SLOTS - 1)) + STATE] !== FREE) return
    for (let at = slot; words[wordAt(at) + STATE] === REMOVED; at = (at - 1) & (SLOTS - 1)) {
      Atomics.store(words, wordAt(at) + STATE, FREE)
    }
  }

  #startsWith(slot: number, prefix: Uint8Array): boolean {
    const at = keyAt(slot)
    if ((this.#words[wordAt(slot) + LENGTH] as number) < prefix.length) return false
    for (let i = 0; i < prefix.length; i++) if (this.#bytes[at + i] !== prefix[i]) return false
    return true
  }

  #acquire(): void {
    const words = this.#words
    const owner = threadId + 1
    for (let spins = 0; ; spins++) {
      const before = Atomics.compareExchange(words, LOCK, OPEN, owner)
      if (before === OPEN) return
      if (spins >= SPINS) Atomics.wait(words, LOCK, before, SLEEP_MS)
    }
  }

  #release(): void {
    Atomics.store(this.#words, LOCK, OPEN)
    Atomics.notify(this.#words, LOCK, 1)
  }
}

function wordAt(slot: number): number {
  return (HEADER_BYTES + slot * SLOT_BYTES) >> 2
}

function valueAt(slot: number): number {
  return (HEADER_BYTES + slot * SLOT_BYTES + VALUE_BYTE) >> 3
}

function keyAt(slot: number): number {
  return HEADER_BYTES + slot * SLOT_BYTES + KEY_BYTE
}

/** FNV-1a. */
function hashOf(key: Uint8Array): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) {
    hash = Math.imul(hash ^ (key[i] as number), 0x01000193)
  }
  // The low bits of similar keys are better spread with the high ones mixed in.
  return (hash ^ (hash >>> 15)) | 0
}
