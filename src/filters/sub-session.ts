import { Filter, type Sink } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'

/**
 * What the filters share that go on in another pipeline: its session takes their input, its output
 * is theirs, and pauses go through it.
 */
export abstract class SubSession extends Filter {
  readonly #outlet: Sink = { process: (event) => this.next.process(event) }
  #pauses = 0
  /** The session that stands in for this filter, once it is known. */
  protected target: Session | null = null

  /** Starts the session, in the same context; what it puts out goes on unless somebody takes it. */
  protected enter(layout: Layout, outlet: Sink = this.#outlet): Session {
    const target = layout.spawn(this.session.context, this.previous, outlet, this.session)
    this.target = target
    for (let i = 0; i < this.#pauses; i++) target.pauseOutput()
    return target
  }

  override pause(): void {
    this.#pauses++
    this.target?.pauseOutput()
  }

  override resume(): void {
    this.#pauses--
    this.target?.resumeOutput()
  }

  override reset(): void {
    this.target?.discard()
    this.target = null
    this.#pauses = 0
  }
}
