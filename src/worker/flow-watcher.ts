import { EDGE_FIELDS } from '../engine/edge-counts.ts'
import { FlowWatch } from '../engine/flow-watch.ts'
import type { Layout } from '../engine/layout.ts'
import { Session } from '../engine/session.ts'
import type { Sockets } from '../native/sockets.ts'
import { isFramable } from '../net/framable.ts'
import { FlowTap } from './flow-tap.ts'
import type { FlowMessage, FlowReport, TapSpec } from './messages.ts'

/** How often it is looked whether there is more to see than should be looked at. */
const TICK_MS = 100
/** Reports tell of so many ticks. */
const TICKS_PER_REPORT = 10

/** Looks at the sessions of a worker's current program while the orchestrator asks for it. */
export class FlowWatcher {
  readonly #sockets: Sockets
  readonly #send: (message: FlowMessage) => void
  #layouts: readonly Layout[] = []
  #isWanted = false
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
  follow(layouts: readonly Layout[]): void {
    this.#stop()
    this.#layouts = layouts
    this.#taps = []
    this.#update()
  }

  /** What the orchestrator wants from now on: reports, and these taps. */
  want(isWanted: boolean, specs: readonly TapSpec[]): void {
    this.#isWanted = isWanted
    const known = new Map(this.#taps.map((tap) => [tap.id, tap]))
    this.#taps = specs.flatMap(
      (spec) => known.get(spec.id) ?? FlowTap.open(spec, this.#layouts) ?? [],
    )
    this.#update()
  }

  #update(): void {
    if (!this.#isWanted && this.#taps.length === 0) return this.#stop()
    if (this.#watch === null) this.#start()
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

  #start(): void {
    this.#watch = new FlowWatch(this.#layouts, () => liveSessions(this.#sockets), isFramable)
    this.#ticks = 0
    this.#tickedAt = performance.now()
    this.#timer = setInterval(() => this.#tick(), TICK_MS)
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
    const pipelines = this.#layouts.flatMap(({ module, index, active, stages, watch: place }) => {
      if (place === null) return []
      const size = Math.max(stages.length, 1)
      const from = place.edges * EDGE_FIELDS
      const counts = [...watch.counts.subarray(from, from + (size + 1) * EDGE_FIELDS)]
      const times = [...watch.times.subarray(place.filters, place.filters + size)]
      return [{ module, index, active, counts, times }]
    })
    watch.counts.fill(0)
    watch.times.fill(0)
    return { sampled: watch.sampled, pipelines }
  }
}

/** Sessions with a connection at one of their ends: the others of a program work for these. */
function* liveSessions(sockets: Sockets): Iterable<Session> {
  for (const handler of sockets.handlers()) {
    const session: unknown = 'session' in handler ? handler.session : null
    if (session instanceof Session) yield session
  }
}
