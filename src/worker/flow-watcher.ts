import { performance } from 'node:perf_hooks'
import type { Filter } from '../engine/filter.ts'
import { type ExchangePlace, FlowWatch } from '../engine/flow-watch.ts'
import type { Layout } from '../engine/layout.ts'
import { Session } from '../engine/session.ts'
import { EncodeDubbo } from '../filters/encode-dubbo.ts'
import { HttpEncoder } from '../filters/http/http-encoder.ts'
import type { Sockets } from '../native/sockets.ts'
import { isFramable } from '../net/framable.ts'
import { ExchangeCounts } from './exchange-counts.ts'
import { FlowTap } from './flow-tap.ts'
import type { FlowCall, FlowMessage, FlowReport, TapSpec, WatchScope } from './messages.ts'

/** How often it is looked whether there is more to see than should be looked at. */
const TICK_MS = 100
/** Reports tell of so many ticks. */
const TICKS_PER_REPORT = 10

/** Looks at the sessions of a worker's current program while the orchestrator asks for it. */
export class FlowWatcher {
  readonly #sockets: Sockets
  readonly #send: (message: FlowMessage) => void
  #layouts: readonly Layout[] = []
  /** Answers are counted that nobody else counts. */
  #countsAnswers = false
  readonly #answers = new Map<Layout, ExchangeCounts>()
  #wanted: WatchScope = 'nothing'
  #taps: FlowTap[] = []
  #watch: FlowWatch | null = null
  #timer: NodeJS.Timeout | undefined
  #ticks = 0
  #tickedAt = 0

  constructor(sockets: Sockets, send: (message: FlowMessage) => void) {
    this.#sockets = sockets
    this.#send = send
  }

  /** Another program is the current one; taps were those of the one before. */
  follow(layouts: readonly Layout[], countsAnswers: boolean): void {
    this.#stop()
    this.#layouts = layouts
    this.#countsAnswers = countsAnswers
    this.#taps = []
    this.#update()
  }

  /** What the orchestrator wants from now on: reports, and these taps. */
  want(wanted: WatchScope, specs: readonly TapSpec[]): void {
    this.#wanted = wanted
    const known = new Map(this.#taps.map((tap) => [tap.id, tap]))
    this.#taps = specs.flatMap(
      (spec) => known.get(spec.id) ?? FlowTap.open(spec, this.#layouts) ?? [],
    )
    this.#update()
  }

  #update(): void {
    const hasTaps = this.#taps.length > 0
    if (this.#wanted === 'nothing' && !hasTaps) return this.#stop()
    const looksAtRequests = this.#wanted !== 'all' && !hasTaps
    if (this.#watch?.program.looksAtRequests === !looksAtRequests) this.#stop()
    if (this.#watch === null) this.#start(looksAtRequests)
    const watch = this.#watch
    if (watch === null) return undefined
    const taps = this.#taps.map((tap) => tap.aim())
    watch.viewer =
      taps.length === 0
        ? null
        : (edge, session, event) => {
            for (const look of taps) look(edge, session, event)
          }
    return undefined
  }

  #start(looksAtRequests: boolean): void {
    this.#answers.clear()
    this.#watch = new FlowWatch({
      layouts: this.#layouts,
      live: () => liveSessions(this.#sockets),
      isDirect: (filter) => isEncoder(filter) && isFramable(filter.next),
      exchangeOf: (layout) => this.#exchangeOf(layout),
      looksAtRequests,
    })
    this.#ticks = 0
    this.#tickedAt = performance.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
  }

  /** Requests come out of their decoder, and answers go into their encoder. */
  #exchangeOf(layout: Layout): ExchangePlace | null {
    if (!this.#countsAnswers) return null
    const names = layout.stages.map(({ name }) => name)
    const asks = names.indexOf('decodeHttpRequest') + 1
    const answers = names.lastIndexOf('encodeHttpResponse')
    if (asks === 0 || answers <= asks) return null
    const observer = new ExchangeCounts()
    this.#answers.set(layout, observer)
    return { asks, answers, observer }
  }

  #stop(): void {
    clearInterval(this.#timer)
    this.#watch?.stop()
    this.#watch = null
  }

  #tick(): void {
    const watch = this.#watch
    if (watch === null) return
    const now = performance.now()
    watch.adjust((now - this.#tickedAt) / 1000)
    this.#tickedAt = now
    for (const tap of this.#taps) {
      const events = tap.take()
      if (events.length > 0) this.#send({ type: 'tapped', id: tap.id, events })
    }
    if (++this.#ticks % TICKS_PER_REPORT === 0)
      this.#send({ type: 'flow', report: this.#report(watch) })
  }

  #report(watch: FlowWatch): FlowReport {
    const waiting = watch.waiting()
    const pipelines = this.#layouts.flatMap((layout) => {
      const { module, index, active, stages, watch: place } = layout
      if (place === null) return []
      const size = Math.max(stages.length, 1)
      const counts = watch.countsOf(place, size)
      const calls = Array.from(place.calls, ({ into, back, ...caller }): FlowCall => {
        return { ...caller, into: [...into], back: [...back] }
      })
      const times = [...watch.times.subarray(place.filters, place.filters + size)]
      const answers = this.#answers.get(layout)?.take() ?? null
      return [
        { module, index, active, waiting: waiting.get(place) ?? 0, counts, times, calls, answers },
      ]
    })
    watch.clear()
    return { sampled: watch.sampled, pipelines }
  }
}

/** What writes to the socket beside it. */
function isEncoder(filter: Filter): boolean {
  return filter instanceof HttpEncoder || filter instanceof EncodeDubbo
}

/** Sessions with a connection at one of their ends: the others of a program work for these. */
function* liveSessions(sockets: Sockets): Iterable<Session> {
  for (const handler of sockets.handlers()) {
    const session: unknown = 'session' in handler ? handler.session : null
    if (session instanceof Session) yield session
  }
}
