import { checkFunction, checkOptionalObject, expected } from '../arguments.ts'
import { BoundedMap } from './bounded-map.ts'

/** Settings of a `Cache`. */
export interface CacheOptions {
  /** Most entries; the least recently used one makes room for a new one. */
  readonly size?: number
}

/**
 * Entries of a cache that sets no size: far more than a cache of targets or sessions holds, and few
 * enough that keys chosen by clients cannot use up the memory.
 */
const DEFAULT_SIZE = 100_000

/** Remembers what a function made of its keys, which compare by identity. */
export class Cache<K = unknown, V = unknown> {
  readonly #allocate: (key: K) => V
  readonly #free: ((key: K, value: V) => void) | null
  readonly #entries: BoundedMap<K, V>

  /** `free` is called with every entry that is cleared, removed or has to make room. */
  constructor(
    allocate: (key: K) => V,
    free?: ((key: K, value: V) => void) | null,
    options?: CacheOptions | null,
  ) {
    this.#allocate = checkFunction(allocate, 1)
    this.#free = free === undefined || free === null ? null : checkFunction(free, 2)
    const size = checkOptionalObject(options, 3)?.size ?? DEFAULT_SIZE
    if (!(typeof size === 'number' && size >= 1)) expected(3, 'a size of 1 or more')
    this.#entries = new BoundedMap(size, this.#free)
  }

  /** The value for a key, made now if it is not there yet; undefined and null are remembered too. */
  get(key: K): V {
    const value = this.#entries.get(key)
    if (value !== undefined || this.#entries.has(key)) return value as V
    const made = this.#allocate(key)
    this.#entries.set(key, made)
    return made
  }

  /** Whether there is a value for a key. */
  has(key: K): boolean {
    return this.#entries.has(key)
  }

  /** Forgets a key; returns whether there was a value for it. */
  remove(key: K): boolean {
    if (!this.#entries.has(key)) return false
    const value = this.#entries.get(key) as V
    this.#entries.delete(key)
    this.#free?.(key, value)
    return true
  }

  /** Forgets all keys. */
  clear(): void {
    for (const [key, value] of this.#entries.clear()) this.#free?.(key, value)
  }
}
