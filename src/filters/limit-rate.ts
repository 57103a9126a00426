import { createRateMemory } from '../balancer/rate-memory.ts'
import { MAX_BURST, RateTable } from '../balancer/rate-table.ts'
import { checkString } from '../engine/arguments.ts'
import type { Context } from '../engine/context.ts'
import { defineFilter, type FilterPlan } from '../engine/definition.ts'
import type { MessageStart } from '../engine/event.ts'
import type { Layout } from '../engine/layout.ts'
import { Message } from '../engine/message.ts'
import { parseRate, RATE_FORM } from '../engine/quantity.ts'
import type { Runtime } from '../engine/runtime.ts'
import { counterIndex } from '../native/counters.ts'
import { clientOf } from '../net/connection-limiter.ts'
import { Gate } from './http/gate.ts'
import { httpDate } from './http/http-date.ts'
import { type RequestKey, readerOf } from './http/request-key.ts'
import { RequestView } from './route/request-view.ts'

/** How many requests may pass. */
export interface RateLimitOptions {
  /** On average: per second, or a text such as `'30/m'`. */
  readonly rate: number | string
  /** At once; those of a second unless given. */
  readonly burst?: number
  /** What has a limit of its own; all requests together have one unless given. */
  readonly key?: RequestKey | (() => unknown)
  /** Limits of one name are one; that of the pipeline unless given. */
  readonly name?: string
}

/**
 * `limitRate(target, ...limits)`: requests within all limits go on in a pipeline, others are
 * answered 429. All workers share the limits.
 */
export const limitRate = defineFilter({
  name: 'limitRate',
  description: 'Lets so many HTTP requests pass, and answers others with 429',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send requests to' },
    { name: 'limits', type: 'RateLimitOptions', doc: 'rate, burst, key, name', isRest: true },
  ],
  targets: (args: [target: string, ...limits: RateLimitOptions[]]) => [args[0]],
  plan: (target: string, ...limits: RateLimitOptions[]) => {
    checkString(target, 1)
    if (limits.length === 0) throw new TypeError('argument #2 expects an object')
    const read = limits.map((one, index) => readLimit(one, index + 2))
    let opened: readonly Limit[] = []
    const plan: FilterPlan = (layout) => new LimitRate(layout, target, opened)
    plan.open = (layout) => {
      opened = read.map((one, index) => openLimit(one, layout, index))
    }
    return plan
  },
})

/** Reads the key of a request. */
type ReadKey = (request: RequestView, context: Context) => string

interface LimitRecipe {
  readonly perSecond: number
  readonly burst: number
  readonly read: ReadKey
  readonly name: string | undefined
}

interface Limit {
  readonly table: RateTable
  readonly read: ReadKey
}

function readLimit(options: RateLimitOptions, position: number): LimitRecipe {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`argument #${position} expects an object`)
  }
  const { rate, key, name } = options
  const perSecond = parseRate(rate)
  if (perSecond === undefined) throw new TypeError(`option rate must be ${RATE_FORM}`)
  const burst = options.burst ?? Math.ceil(perSecond)
  if (!(Number.isInteger(burst) && burst >= 1 && burst <= MAX_BURST)) {
    throw new RangeError(`option burst must be a whole number from 1 to ${MAX_BURST}`)
  }
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError('option name must be a string')
  }
  return { perSecond, burst, read: keyReader(key), name }
}

function keyReader(key: RateLimitOptions['key']): ReadKey {
  if (key === undefined) return () => ''
  // Whoever has an IPv6 address has all of its network to choose from.
  if (key === 'address') return (_, { inbound }) => clientOf(inbound?.remoteAddress ?? '')
  if (typeof key !== 'function') return readerOf(key)
  return (_, context) =>
    String(context.runtime.call(context, key as (none: undefined) => unknown, undefined))
}

function openLimit(recipe: LimitRecipe, layout: Layout, index: number): Limit {
  const { name = `${layout.module} ${layout.name} ${index}`, read } = recipe
  return { table: new RateTable(rateMemoryOf(layout.runtime), name, recipe), read }
}

function rateMemoryOf(runtime: Runtime): SharedArrayBuffer {
  runtime.rateMemory ??= createRateMemory()
  return runtime.rateMemory
}

const view = new RequestView()
/** Of the request that is looked at: one for each limit. */
const keys: string[] = []
const REFUSALS = counterIndex('rateLimit')

class LimitRate extends Gate {
  readonly #limits: readonly Limit[]

  constructor(layout: Layout, target: string, limits: readonly Limit[]) {
    super(layout, target)
    this.#limits = limits
  }

  protected override judge(start: MessageStart): Message | null {
    const { context } = this.session
    const wait = this.#take(start, context)
    if (wait === 0) return null
    if (context.request !== null) context.request.refusal = 'RateLimited'
    const { counters } = context.runtime.sockets.reactor
    counters[REFUSALS] = (counters[REFUSALS] as number) + 1
    // RFC 9110 §10.2.3: whole seconds.
    const headers = { date: httpDate(), 'retry-after': String(Math.ceil(wait / 1000)) }
    return new Message({ status: 429, headers })
  }

  /**
   * How long a request has to wait for the first limit that it exceeds. Nothing is taken of it, nor of
   * those before: a client that has no more of its own uses up nothing of what is for all.
   */
  #take(start: MessageStart, context: Context): number {
    const request = view.look(start)
    const limits = this.#limits
    const last = limits.length - 1
    for (let i = 0; i <= last; i++) {
      const { table, read } = limits[i] as Limit
      const key = read(request, context)
      keys[i] = key
      // Of the last one it is taken at once.
      const wait = i < last ? table.wait(key) : 0
      if (wait > 0) return wait
    }
    for (let i = last; i >= 0; i--) {
      const wait = (limits[i] as Limit).table.take(keys[i] as string)
      if (wait > 0) return wait
    }
    return 0
  }
}
