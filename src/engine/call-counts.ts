import { callerOf } from './caller.ts'
import { EDGE_FIELDS } from './edge-counts.ts'
import type { FlowWatch } from './flow-watch.ts'
import type { Session } from './session.ts'

/** What has passed between a filter and the sessions of one pipeline that it has started. */
export class CallCounts {
  /** The filter: number of its module, of its pipeline in that, and its own in that. */
  readonly module: number
  readonly pipeline: number
  readonly filter: number
  /** `EDGE_FIELDS` numbers of what goes into the sessions, and of what comes back from them. */
  readonly into: Float64Array = new Float64Array(EDGE_FIELDS)
  readonly back: Float64Array = new Float64Array(EDGE_FIELDS)

  constructor(module: number, pipeline: number, filter: number) {
    this.module = module
    this.pipeline = pipeline
    this.filter = filter
  }

  clear(): void {
    this.into.fill(0)
    this.back.fill(0)
  }
}

/**
 * The calls of one pipeline, by the number of the filter that makes them: no more than there are lines
 * to the pipeline in a drawing of the program.
 *
 *     caller 7 -- into -->  +----------+
 *              <-- back --  | pipeline |
 *     caller 9 -- into -->  |          |
 *              <-- back --  +----------+
 */
export class Calls {
  readonly #watch: FlowWatch
  readonly #byCaller = new Map<number, CallCounts>()

  constructor(watch: FlowWatch) {
    this.#watch = watch
  }

  /** Where what passes the ends of a session is counted; `null` if no filter has started it. */
  of(session: Session): CallCounts | null {
    const caller = callerOf(session)
    if (caller === null) return null
    const { first, layout } = caller.session
    const place = layout.watch
    if (place?.watch !== this.#watch) return null
    let index = 0
    for (let at = first; at !== caller && at.after !== null; at = at.after) index++
    const number = place.filters + index
    let counts = this.#byCaller.get(number)
    if (counts === undefined) {
      counts = new CallCounts(layout.module, layout.index, index)
      this.#byCaller.set(number, counts)
    }
    return counts
  }

  [Symbol.iterator](): Iterator<CallCounts> {
    return this.#byCaller.values()
  }
}
