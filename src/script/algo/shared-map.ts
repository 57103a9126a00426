import { checkNumber, checkString } from '../arguments.ts'
import { createSharedMemory, MAX_KEY_BYTES, MAX_KEYS, SharedTable } from './shared-table.ts'

/**
 * Numbers by name that all workers see, and that outlive a reload. Maps of one name are the same
 * map. The maps of a program hold 10000 keys together; a map's name and a key have up to 223 bytes.
 */
export class SharedMap {
  readonly #table: SharedTable
  /** The map's name and a byte that no text has: begins each of its keys in the table. */
  readonly #prefix: Buffer

  constructor(table: SharedTable, name: string) {
    this.#table = table
    this.#prefix = Buffer.concat([Buffer.from(checkString(name, 1)), SEPARATOR])
    if (this.#prefix.length > MAX_KEY_BYTES) throw new RangeError('name too long')
  }

  /** The value of a key; undefined if there is none. */
  get(key: string): number | undefined {
    return this.#table.get(this.#keyOf(key))
  }

  /** Sets the value of a key. */
  set(key: string, value: number): void {
    if (!this.#table.set(this.#keyOf(key), checkNumber(value, 2))) throw isFull()
  }

  /** Adds to the value of a key, which starts at 0; returns the new value. Other workers wait. */
  add(key: string, amount: number): number {
    const value = this.#table.add(this.#keyOf(key), checkNumber(amount, 2))
    if (value === undefined) throw isFull()
    return value
  }

  /** Forgets a key; returns whether there was a value for it. */
  delete(key: string): boolean {
    return this.#table.delete(this.#keyOf(key))
  }

  /** All keys, in no particular order. */
  keys(): string[] {
    return this.#table.keys(this.#prefix).map((key) => Buffer.from(key).toString())
  }

  #keyOf(key: string): Buffer {
    const bytes = Buffer.concat([this.#prefix, Buffer.from(checkString(key, 1))])
    if (bytes.length <= MAX_KEY_BYTES) return bytes
    throw new RangeError(
      `key too long: ${bytes.length - 1} bytes with the name of the map, of ${MAX_KEY_BYTES - 1}`,
    )
  }
}

/** The `SharedMap` class of one program. */
export type SharedMapClass = new (name: string) => SharedMap

// 0xff is in no UTF-8 text.
const SEPARATOR = Buffer.of(0xff)

/** Makes the `SharedMap` class whose maps lie in `memory`; without it each class has its own. */
export function createSharedMapClass(memory?: SharedArrayBuffer): SharedMapClass {
  let table: SharedTable | null = null
  return class extends SharedMap {
    constructor(name: string) {
      table ??= new SharedTable(memory ?? createSharedMemory())
      super(table, name)
    }
  }
}

function isFull(): RangeError {
  return new RangeError(`shared maps are full: they hold ${MAX_KEYS} keys`)
}
