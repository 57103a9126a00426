import { performance } from 'node:perf_hooks'
import { Calls } from './call-counts.ts'
import { EDGE_FIELDS } from './edge-counts.ts'
import type { Event } from './event.ts'
import type { ExchangeObserver } from './exchanges.ts'
import type { Filter } from './filter.ts'
import type { Layout } from './layout.ts'
import type { Session } from './session.ts'
import { type Probe, SessionWatch } from './session-watch.ts'

/** Events per second that are looked at one by one. Beyond, some sessions stand for all. */
const BUDGET = 25_000
/** Above so many, it is measured only a part of the time what filters take: the clock costs most of it. */
const TIMED_ALWAYS = 5000
/** That part is one interval in so many. */
const TIMED_INTERVALS = 10
/** In one interval of so many it is looked for layouts of which no session is looked at. */
const RESAMPLE_INTERVALS = 10
/** The fewest sessions that stand for all. */
const MAX_SAMPLED = 4096

/** Is shown each event that passes an edge, with the number of its session. */
export type EdgeViewer = (edge: number, session: number, event: Event) => void

/** Where a layout's numbers are. */
export interface LayoutWatch {
  readonly watch: FlowWatch
  /** Number of the edge into its first filter; the others follow. */
  readonly edges: number
  /** Number of its first filter. */
  readonly filters: number
  /** What passes its ends, by who has started its sessions. */
  readonly calls: Calls
  readonly exchange: ExchangePlace | null
  /** Whether it has sessions that work for no other. */
  hasOwn: boolean
  /** For how many such sessions one that is looked at stands. */
  weight: number
}

/** Two edges of a pipeline between which requests become answers. */
export interface ExchangePlace {
  readonly asks: number
  readonly answers: number
  readonly observer: ExchangeObserver
}

/** What a watch has to know of the sessions that it looks at. */
export interface WatchedProgram {
  readonly layouts: readonly Layout[]
  /** The sessions that are there already, as far as they can be found. */
  live(): Iterable<Session>
  /** Tells filters that write to what is behind them by other ways than events. */
  isDirect(filter: Filter): boolean
  /** Where a pipeline answers requests, if somebody wants to know how. */
  exchangeOf(layout: Layout): ExchangePlace | null
  /** Nothing else is looked at then but that. */
  readonly looksAtRequests: boolean
}

/**
 * Looks at the events in the sessions of a program, while somebody wants to know how many pass each
 * edge between filters, and how long each filter takes.
 *
 *     session -> [probe] -> filter -> [probe] -> filter -> [probe] -> sink
 *
 * Probes stand only where a filter's output goes: filters find their neighbours as before, so that
 * fused codecs stay fused. Between those no event passes, and there is no probe.
 *
 * A session is looked at from its first event to its last, or not at all, and one that works for
 * another like that one, so that what is seen belongs together.
 */
export class FlowWatch {
  /**
   * `EDGE_FIELDS` numbers for each edge, since they were last taken; of sessions that a filter has
   * started, those at their ends are in `LayoutWatch.calls` instead.
   */
  readonly counts: Float64Array
  /** Milliseconds that each filter took, without what it led to; of the time in which it is measured. */
  readonly times: Float64Array
  /** One in so many sessions is looked at; see `LayoutWatch.weight` for how many it stands. */
  sampled = 1
  viewer: EdgeViewer | null = null
  /** Whether it is measured what filters take. */
  isTiming: boolean
  /** Events that were looked at since the last `adjust`. */
  passed = 0
  /** The probe whose filter is running. */
  current: Probe | null = null
  readonly program: WatchedProgram
  readonly #watched = new Set<SessionWatch>()
  #since = 0
  #turn = 0
  #intervals = 0
  #sessions = 0

  constructor(program: WatchedProgram) {
    this.program = program
    this.isTiming = !program.looksAtRequests
    let edges = 0
    let filters = 0
    for (const layout of program.layouts) {
      const exchange = program.exchangeOf(layout)
      layout.watch = {
        watch: this,
        edges,
        filters,
        calls: new Calls(this),
        exchange,
        hasOwn: false,
        weight: 1,
      }
      // A pipeline without filters has one that does nothing.
      const size = Math.max(layout.stages.length, 1)
      edges += size + 1
      filters += size
    }
    this.counts = new Float64Array(edges * EDGE_FIELDS)
    this.times = new Float64Array(filters)
    this.#sampleAnew()
  }

  /** Looks at nothing any more. */
  stop(): void {
    for (const layout of this.program.layouts) layout.watch = null
    for (const session of this.program.live()) this.#release(session)
    for (const watched of this.#watched) watched.detach()
    this.#watched.clear()
  }

  /** A session has begun. */
  begin(session: Session, place: LayoutWatch): void {
    if (!this.#looksAt(place)) return
    const { parent } = session
    if (parent === null) {
      place.hasOwn = true
      const isDrawn = this.#turn++ % this.sampled === 0
      return this.#attach(session, place, isDrawn ? place.weight : 0)
    }
    const weight = parent.watch?.weight ?? 0
    // Only one that is not looked at either calls one that works for it: there is no time to keep apart.
    if (weight > 0) this.#attach(session, place, weight)
  }

  /** A watched session is over. */
  ended(watched: SessionWatch): void {
    if (watched.weight > 0) this.#watched.delete(watched)
    watched.detach()
  }

  /** What has passed each edge of a layout, whoever has started its sessions. */
  countsOf({ edges, calls }: LayoutWatch, size: number): number[] {
    const from = edges * EDGE_FIELDS
    const counts = [...this.counts.subarray(from, from + (size + 1) * EDGE_FIELDS)]
    const add = (at: number, more: Float64Array): void => {
      for (const [field, value] of more.entries())
        counts[at + field] = (counts[at + field] ?? 0) + value
    }
    for (const { into, back } of calls) {
      add(0, into)
      add(size * EDGE_FIELDS, back)
    }
    return counts
  }

  /** Counts begin anew. */
  clear(): void {
    this.counts.fill(0)
    this.times.fill(0)
    for (const { watch } of this.program.layouts) {
      for (const call of watch?.calls ?? []) call.clear()
    }
  }

  /** How many requests wait for their answers, by where their pipeline's numbers are. */
  waiting(): Map<LayoutWatch, number> {
    const sums = new Map<LayoutWatch, number>()
    for (const { place, waiting } of this.#watched) {
      if (waiting > 0) sums.set(place, (sums.get(place) ?? 0) + waiting)
    }
    return sums
  }

  /** A filter begins to run, or nobody's that is looked at; returns which ran until now. */
  enter(probe: Probe | null): Probe | null {
    const before = this.current
    this.#charge()
    this.current = probe
    return before
  }

  /** The one that ran before goes on. */
  leave(before: Probe | null): void {
    this.#charge()
    this.current = before
  }

  /** Has more or fewer sessions stand for all, by how much was looked at in an interval. */
  adjust(seconds: number): void {
    const rate = this.passed / seconds
    this.passed = 0
    const interval = this.#intervals++
    this.isTiming =
      !this.program.looksAtRequests && (rate < TIMED_ALWAYS || interval % TIMED_INTERVALS === 0)
    let sampled = this.sampled
    // Everything is looked at, and may be.
    if (sampled === 1 && rate <= BUDGET) return
    const roots = this.#rootsLookedAt()
    const isFewest = roots.size > 0 && [...roots.values()].every((count) => count <= 1)
    if (rate > BUDGET && !isFewest) sampled *= 2 ** Math.ceil(Math.log2(rate / BUDGET))
    // With a margin, so that it does not go back and forth.
    else if (rate < BUDGET / 8 && sampled > 1) sampled /= 2
    sampled = Math.min(Math.max(sampled, 1), MAX_SAMPLED)
    const isUnseen = this.program.layouts.some(({ active, watch }) => {
      return active > 0 && watch?.hasOwn === true && !roots.has(watch)
    })
    if (sampled !== this.sampled || (isUnseen && interval % RESAMPLE_INTERVALS === 0)) {
      this.sampled = sampled
      this.#sampleAnew()
    } else this.#weigh(roots)
  }

  /** How many sessions of each layout that work for no other are looked at. */
  #rootsLookedAt(): Map<LayoutWatch, number> {
    const roots = new Map<LayoutWatch, number>()
    for (const { session, place } of this.#watched)
      if (session.parent === null) roots.set(place, (roots.get(place) ?? 0) + 1)
    return roots
  }

  /** Those that are looked at stand for as many as there are, which with few sessions are not `sampled`. */
  #weigh(roots: ReadonlyMap<LayoutWatch, number>): void {
    for (const { active, watch } of this.program.layouts) {
      if (watch === null) continue
      const count = roots.get(watch)
      watch.weight = count === undefined ? this.sampled : Math.max(1, active / count)
    }
    for (const watched of this.#watched) {
      let { session } = watched
      while (session.parent !== null) session = session.parent
      watched.weigh(session.layout.watch?.weight ?? this.sampled)
    }
  }

  #looksAt({ exchange }: LayoutWatch): boolean {
    return exchange !== null || !this.program.looksAtRequests
  }

  #charge(): void {
    const now = performance.now()
    const { current } = this
    if (current !== null && current.filter >= 0) {
      const { filter, weight } = current
      this.times[filter] = (this.times[filter] as number) + (now - this.#since) * weight
    }
    this.#since = now
  }

  #sampleAnew(): void {
    const sessions = new Set([...this.#watched].map(({ session }) => session))
    for (const session of this.program.live()) {
      for (let at: Session | null = session; at !== null; at = at.parent) sessions.add(at)
    }
    const drawn = new Map<Session, number>()
    const turns = new Map<Layout, number>()
    // The first of each layout, so that nothing is left out however few there are.
    const draw = ({ layout }: Session): number => {
      const turn = turns.get(layout) ?? 0
      turns.set(layout, turn + 1)
      if (layout.watch !== null && this.#looksAt(layout.watch)) layout.watch.hasOwn = true
      return turn % this.sampled === 0 ? this.sampled : 0
    }
    const weightOf = (session: Session): number => {
      const known = drawn.get(session)
      if (known !== undefined) return known
      const weight = session.parent === null ? draw(session) : weightOf(session.parent)
      drawn.set(session, weight)
      return weight
    }
    for (const session of sessions) {
      const place = session.layout.watch
      if (place?.watch !== this || !session.isLive || !this.#looksAt(place)) continue
      this.#release(session)
      this.#attach(session, place, weightOf(session))
    }
    this.#weigh(this.#rootsLookedAt())
  }

  #attach(session: Session, place: LayoutWatch, weight: number): void {
    let { watch } = session
    if (watch === null || watch.place !== place) {
      watch = new SessionWatch(session, place, ++this.#sessions)
      session.watch = watch
    }
    watch.attach(weight)
    if (weight > 0) this.#watched.add(watch)
  }

  #release(session: Session): void {
    const { watch } = session
    if (watch !== null) this.ended(watch)
  }
}
