import { createRateMemory } from '../../balancer/rate-memory.ts'
import { MAX_BURST, RateTable } from '../../balancer/rate-table.ts'
import { parseRate, RATE_FORM } from '../../engine/quantity.ts'
import { checkNumber, checkOptionalObject, checkString, expected } from '../arguments.ts'

/** How often something may happen. */
export interface RateLimiterOptions {
  /** On average: per second, or a text such as `'30/m'`. */
  readonly rate: number | string
  /** At once; what comes in a second unless given. */
  readonly burst?: number
}

/** Says by key whether something may happen; all workers share it, and it outlives a reload. */
export class RateLimiter {
  readonly #table: RateTable

  /** Limiters of one name and the same options are one. */
  constructor(memory: SharedArrayBuffer, name: string, options: RateLimiterOptions) {
    checkString(name, 1)
    const { rate, burst } = checkOptionalObject(options, 2) ?? expected(2, 'an object')
    const perSecond = parseRate(rate)
    if (perSecond === undefined) throw new TypeError(`option rate must be ${RATE_FORM}`)
    const most = burst ?? Math.ceil(perSecond)
    if (!(Number.isInteger(most) && most >= 1 && most <= MAX_BURST)) {
      throw new RangeError(`option burst must be a whole number from 1 to ${MAX_BURST}`)
    }
    // Not the names that filters give to theirs.
    this.#table = new RateTable(memory, `script ${name}`, { perSecond, burst: most })
  }

  /** Takes so many tokens of a key; false, and none taken, if there are not enough. */
  take(key: string, tokens = 1): boolean {
    return this.#table.take(checkString(key, 1), checkTokens(tokens)) === 0
  }

  /** Seconds until a key has so many tokens: 0 if it has them, Infinity if it never will. */
  wait(key: string, tokens = 1): number {
    return this.#table.wait(checkString(key, 1), checkTokens(tokens)) / 1000
  }

  /** Whole tokens that a key has. */
  left(key: string): number {
    return this.#table.left(checkString(key, 1))
  }
}

/** The `RateLimiter` class of one program. */
export type RateLimiterClass = new (name: string, options: RateLimiterOptions) => RateLimiter

/** Makes the `RateLimiter` class whose limits lie in `memory`; without it each class has its own. */
export function createRateLimiterClass(memory?: SharedArrayBuffer): RateLimiterClass {
  let own = memory
  return class extends RateLimiter {
    constructor(name: string, options: RateLimiterOptions) {
      own ??= createRateMemory()
      super(own, name, options)
    }
  }
}

function checkTokens(tokens: number): number {
  return checkNumber(tokens, 2) >= 0 ? tokens : expected(2, 'a number of tokens, 0 or more')
}
