import type { Data } from './data.ts'
import { BYTES, EDGE_FIELDS, ERRORS, EVENTS, MESSAGES } from './edge-counts.ts'
import {
  DATA,
  type Event,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  type SessionEnd,
} from './event.ts'
import { Exchanges } from './exchanges.ts'
import { type Filter, NOWHERE, type Sink } from './filter.ts'
import type { FlowWatch, LayoutWatch } from './flow-watch.ts'
import type { Session } from './session.ts'

/** What stands in the edges of a session while it is looked at; kept for the session's next life. */
export class SessionWatch {
  readonly session: Session
  readonly place: LayoutWatch
  /** For how many sessions it stands; 0 if it is not looked at. */
  weight = 0
  readonly #number: number
  readonly #gate: Gate
  /** One for each edge; null until they are needed. */
  #probes: Probe[] | null = null
  #exchanges: Exchanges | null = null

  constructor(session: Session, place: LayoutWatch, number: number) {
    this.session = session
    this.place = place
    this.#number = number
    this.#gate = new Gate(place.watch, session.first)
  }

  /** Requests that wait for their answers, for all the sessions that it stands for. */
  get waiting(): number {
    return (this.#exchanges?.size ?? 0) * this.weight
  }

  /** Puts the probes into the edges, or a gate before a session that is not looked at. */
  attach(weight: number): void {
    const { session, place } = this
    this.weight = weight
    const { looksAtRequests } = place.watch.program
    if (weight === 0) {
      // Without times there is nothing to keep apart.
      if (!looksAtRequests) session.entry = this.#gate
      return
    }
    this.#probes ??= this.#makeProbes()
    const probes = this.#probes
    const call = looksAtRequests ? null : place.calls.of(session)
    probes[0]?.countFor(call?.into ?? null)
    probes.at(-1)?.countFor(call?.back ?? null)
    let edge = 0
    const insert = (sink: Sink): Sink => {
      const probe = probes[edge++] as Probe
      if (looksAtRequests && !probe.seesExchanges) return sink
      probe.weight = weight
      probe.next = sink
      return probe
    }
    session.entry = insert(session.first)
    for (let at: Filter | null = session.first; at !== null; at = at.after) {
      // What is cut off gets nothing, and what is written to directly passes no events.
      const isOpen = at.next !== NOWHERE && !place.watch.program.isDirect(at)
      if (isOpen) at.next = insert(at.next)
      else edge++
    }
  }

  /** Stands for another number of sessions from now on. */
  weigh(weight: number): void {
    this.weight = weight
    for (const probe of this.#probes ?? []) probe.weight = weight
  }

  #makeProbes(): Probe[] {
    const { session, place } = this
    const { exchange } = place
    const probes = session.filters.concat(session.first).map((_, edge, { length }) => {
      const filter = edge === length - 1 ? -1 : place.filters + edge
      return new Probe(place.watch, place.edges + edge, filter, this.#number)
    })
    if (exchange !== null) {
      this.#exchanges = new Exchanges(exchange.observer)
      probes[exchange.asks]?.follow(this.#exchanges, false)
      probes[exchange.answers]?.follow(this.#exchanges, true)
    }
    return probes
  }

  /** The session is over. */
  end(): void {
    this.place.watch.ended(this)
  }

  /** Takes them out again. */
  detach(): void {
    const { session } = this
    session.entry = session.first
    if (this.weight === 0 || this.#probes === null) return
    this.weight = 0
    this.#exchanges?.clear()
    let edge = 1
    for (let at: Filter | null = session.first; at !== null; at = at.after) {
      const probe = this.#probes[edge++] as Probe
      if (at.next === probe) at.next = probe.next
      probe.next = NOWHERE
    }
  }
}

/** Sees what passes one edge of a session. */
export class Probe implements Sink {
  next: Sink = NOWHERE
  weight = 1
  /** Number of the filter that it leads to; -1 for whatever stands behind the session. */
  readonly filter: number
  readonly #watch: FlowWatch
  readonly #edge: number
  readonly #session: number
  /** Where the edge's numbers are: at `#at` and behind. */
  #counts: Float64Array
  #at: number
  /** Set on the two edges between which requests are answered. */
  #exchanges: Exchanges | null = null
  #isAnswer = false

  constructor(watch: FlowWatch, edge: number, filter: number, session: number) {
    this.#watch = watch
    this.#edge = edge
    this.filter = filter
    this.#session = session
    this.#counts = watch.counts
    this.#at = edge * EDGE_FIELDS
  }

  /** Counts at an end of the session are those of who has started it; `null` if no filter has. */
  countFor(call: Float64Array | null): void {
    this.#counts = call ?? this.#watch.counts
    this.#at = call === null ? this.#edge * EDGE_FIELDS : 0
  }

  /** Tells of the requests that pass here, or of their answers. */
  follow(exchanges: Exchanges, isAnswer: boolean): void {
    this.#exchanges = exchanges
    this.#isAnswer = isAnswer
  }

  get seesExchanges(): boolean {
    return this.#exchanges !== null
  }

  process(event: Event): void {
    const watch = this.#watch
    this.#count(watch, event)
    if (watch.viewer !== null) watch.viewer(this.#edge, this.#session, event)
    // A probe that is taken out meanwhile has lost it.
    const { next } = this
    if (!watch.isTiming) return next.process(event)
    const before = watch.enter(this)
    next.process(event)
    return watch.leave(before)
  }

  #count(watch: FlowWatch, event: Event): void {
    const { weight } = this
    const counts = this.#counts
    const at = this.#at
    watch.passed++
    counts[at + EVENTS] = (counts[at + EVENTS] as number) + weight
    switch (event.kind) {
      case DATA:
        counts[at + BYTES] = (counts[at + BYTES] as number) + (event as Data).size * weight
        break
      case MESSAGE_START:
        counts[at + MESSAGES] = (counts[at + MESSAGES] as number) + weight
        if ((event as MessageStart).failure !== '') this.#error(counts, at)
        if (this.#exchanges === null) break
        if (this.#isAnswer) this.#exchanges.answered(event as MessageStart, weight)
        else this.#exchanges.asked()
        break
      case SESSION_END:
        if ((event as SessionEnd).error !== '') this.#error(counts, at)
        break
    }
  }

  #error(counts: Float64Array, at: number): void {
    counts[at + ERRORS] = (counts[at + ERRORS] as number) + this.weight
  }
}

/** Stands before a session that is not looked at: its time is not that of whoever calls it. */
class Gate implements Sink {
  readonly #watch: FlowWatch
  readonly #next: Sink

  constructor(watch: FlowWatch, next: Sink) {
    this.#watch = watch
    this.#next = next
  }

  process(event: Event): void {
    const watch = this.#watch
    if (watch.current === null) return this.#next.process(event)
    const before = watch.enter(null)
    this.#next.process(event)
    return watch.leave(before)
  }
}
