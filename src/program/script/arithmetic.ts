import { compileFunction } from 'node:vm'

// Scripts silently ignore writes to read-only members: this is sloppy code, unlike our modules.
const put = compileFunction('return object[key] = value', ['object', 'key', 'value']) as (
  object: unknown,
  key: unknown,
  value: unknown,
) => unknown

/**
 * Most elements that one assignment fills in. An array that grows by more is left sparse, so that an
 * index taken from the network cannot make a script allocate without bound.
 */
const MAX_GAP = 65_536

/** `a + b`, where undefined counts as 0 unless text is being joined. */
function add(a: unknown, b: unknown): unknown {
  if (a === undefined) {
    if (b === undefined) return 0
    if (typeof b === 'bigint') return b
    if (typeof b === 'number' || typeof b === 'boolean' || b === null) return 0 + Number(b)
  } else if (b === undefined && typeof a === 'number') return a
  // JavaScript's own rules decide what the operands are.
  return (a as number) + (b as number)
}

/** Undefined as 0, everything else as it is. */
function numeric(value: unknown): number {
  return value === undefined ? 0 : (value as number)
}

/**
 * After an element was assigned: fills the holes that this left before it with undefined, so that
 * `map` and `forEach` visit them. Returns the value of the assignment.
 */
function fill(target: unknown, key: unknown, value: unknown): unknown {
  if (typeof key === 'number' && Array.isArray(target) && key === target.length - 1) {
    const first = Math.max(key - MAX_GAP, 0)
    for (let i = key - 1; i >= first && !(i in target); i--) target[i] = undefined
  }
  return value
}

/** A member whose object and key were evaluated once, with the value it had then. */
class Reference {
  readonly #target: unknown
  readonly #key: unknown
  readonly #value: unknown

  constructor(target: unknown, key: unknown) {
    this.#target = target
    this.#key = key
    this.#value = (target as Record<string, unknown>)[key as string]
  }

  add(value: unknown): unknown {
    return this.#put(add(this.#value, value))
  }

  sub(value: unknown): unknown {
    return this.#put(numeric(this.#value) - numeric(value))
  }

  mul(value: unknown): unknown {
    return this.#put(numeric(this.#value) * numeric(value))
  }

  div(value: unknown): unknown {
    return this.#put(numeric(this.#value) / numeric(value))
  }

  mod(value: unknown): unknown {
    return this.#put(numeric(this.#value) % numeric(value))
  }

  pow(value: unknown): unknown {
    return this.#put(numeric(this.#value) ** numeric(value))
  }

  increment(): unknown {
    let value = numeric(this.#value)
    return this.#put(++value)
  }

  decrement(): unknown {
    let value = numeric(this.#value)
    return this.#put(--value)
  }

  /** `member++`: the value from before, as a number or BigInt. */
  postIncrement(): unknown {
    let value = numeric(this.#value)
    const before = value++
    this.#put(value)
    return before
  }

  postDecrement(): unknown {
    let value = numeric(this.#value)
    const before = value--
    this.#put(value)
    return before
  }

  #put(value: unknown): unknown {
    return fill(this.#target, this.#key, put(this.#target, this.#key, value))
  }
}

/** Functions that rewritten scripts call, as a parameter of theirs. */
export interface ScriptArithmetic {
  add(a: unknown, b: unknown): unknown
  num(value: unknown): number
  fill(target: unknown, key: unknown, value: unknown): unknown
  put(target: unknown, key: unknown, value: unknown): unknown
  ref(target: unknown, key: unknown): unknown
  self(value: unknown): unknown
}

/** The script language's arithmetic where it differs from JavaScript's: undefined counts as 0. */
export const ARITHMETIC: ScriptArithmetic = {
  add,
  num: numeric,
  fill,
  put: (target, key, value) => fill(target, key, put(target, key, value)),
  ref: (target, key) => new Reference(target, key),
  // Sloppy functions that are called without an object see the realm's global object as `this`.
  self: (value) => (value === globalThis ? undefined : value),
}
