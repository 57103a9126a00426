/** A map that forgets its least recently used entries beyond a number of them. */
export class BoundedMap<K, V> {
  readonly #entries = new Map<K, V>()
  readonly #limit: number
  readonly #onForget: ((key: K, value: V) => void) | null

  /** `onForget` hears of entries that had to make room. */
  constructor(limit: number, onForget: ((key: K, value: V) => void) | null = null) {
    this.#limit = limit
    this.#onForget = onForget
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key)
    // While half of the room is free nothing is forgotten soon, and moving an entry is not cheap.
    if (this.#entries.size * 2 > this.#limit && (value !== undefined || this.#entries.has(key))) {
      this.#entries.delete(key)
      this.#entries.set(key, value as V)
    }
    return value
  }

  has(key: K): boolean {
    return this.#entries.has(key)
  }

  set(key: K, value: V): void {
    this.#entries.delete(key)
    this.#entries.set(key, value)
    if (this.#entries.size <= this.#limit) return
    for (const [oldest, forgotten] of this.#entries) {
      this.#entries.delete(oldest)
      this.#onForget?.(oldest, forgotten)
      return
    }
  }

  delete(key: K): boolean {
    return this.#entries.delete(key)
  }

  /** Empties the map and returns what was in it. */
  clear(): [K, V][] {
    const all = [...this.#entries]
    this.#entries.clear()
    return all
  }
}
