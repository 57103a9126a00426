import type { Context } from './context.ts'
import type { Event } from './event.ts'
import type { Filter, Sink, Source } from './filter.ts'
import { NOWHERE } from './filter.ts'
import type { Layout } from './layout.ts'
import type { SessionWatch } from './session-watch.ts'

/**
 * One running instance of a pipeline layout: a chain of filters between a source and a sink.
 * Layouts make and pool sessions; an owner gives each back with `free()`.
 */
export class Session implements Source {
  readonly layout: Layout
  /** The first filter; the others follow by `after`. */
  readonly first: Filter
  /** What takes the session's input: the first filter, or what watches it. */
  entry: Sink
  /** What watches the session, or has done so in an earlier life; mostly nothing. */
  watch: SessionWatch | null = null
  readonly #last: Filter
  context!: Context
  /** Who feeds the session. */
  source: Source | null = null
  /** The session that this one works for (`link`, `demux`), so that codecs find their partners. */
  parent: Session | null = null
  #pauses = 0
  #isAborted = false
  /** The chain has been cut before a filter; see `close`. */
  #isCut = false
  #isLive = false

  /** `filters` has at least one. */
  constructor(layout: Layout, filters: readonly Filter[]) {
    this.layout = layout
    for (const filter of filters) filter.session = this
    for (let i = 1; i < filters.length; i++) {
      const before = filters[i - 1] as Filter
      const filter = filters[i] as Filter
      before.next = filter
      before.after = filter
      filter.previous = before
    }
    this.first = filters[0] as Filter
    this.entry = this.first
    this.#last = filters[filters.length - 1] as Filter
    this.first.previous = this
  }

  /** The filters in order. The list is made anew: an idle session should not cost one. */
  get filters(): Filter[] {
    const filters: Filter[] = []
    for (let at: Filter | null = this.first; at !== null; at = at.after) filters.push(at)
    return filters
  }

  /** Called by the layout. */
  start(context: Context, source: Source | null, sink: Sink, parent: Session | null): void {
    this.context = context
    this.source = source
    this.parent = parent
    this.#isLive = true
    this.#last.next = sink
    for (let at: Filter | null = this.first; at !== null; at = at.after) at.start()
  }

  /** Feeds one event to the first filter. */
  process(event: Event): void {
    if (this.#isAborted || !this.#isLive) return
    this.entry.process(event)
  }

  /** Whoever takes the session's output is full. */
  pauseOutput(): void {
    this.#last.pause()
  }

  /** Takes back one `pauseOutput()`. */
  resumeOutput(): void {
    this.#last.resume()
  }

  /** Holds up the session's source; called by the first filter. */
  pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.source?.pause()
  }

  /** Takes back one `pause()`. */
  resume(): void {
    if (this.#pauses === 0) return
    this.#pauses--
    if (this.#pauses === 0) this.source?.resume()
  }

  /** Takes no more input: a callback has failed. */
  abort(): void {
    this.#isAborted = true
  }

  /**
   * `filter` has put out the session's end: it gets nothing more, so that nothing follows. What
   * comes before it in the chain still sees the rest of the input.
   */
  close(filter: Filter): void {
    if (filter === this.first) this.#isAborted = true
    for (let at: Filter | null = this.first; at !== null; at = at.after) {
      if (at.after !== filter) continue
      at.next = NOWHERE
      this.#isCut = true
    }
  }

  /** Whether `free()` has not been called since the session was started. */
  get isLive(): boolean {
    return this.#isLive
  }

  /** Whether nobody takes its output any more: it, or one that it works for, has been freed. */
  get isOver(): boolean {
    for (let at: Session | null = this; at !== null; at = at.parent) if (!at.#isLive) return true
    return false
  }

  /**
   * Ends the session and gives it back to its layout's pool, once the current batch is over: its
   * own filters may be running further down the call stack.
   */
  free(): void {
    if (!this.#isLive) return
    this.#isLive = false
    this.layout.runtime.defer(this)
  }

  /**
   * The same when the owner is being reset: the source, a filter beside the owner, is over as well
   * and must not be told to resume in its next life.
   */
  discard(): void {
    this.source = null
    this.free()
  }

  /** Called by the runtime when the batch is over. */
  recycle(): void {
    if (this.watch !== null) this.watch.end()
    for (let at: Filter | null = this.first; at !== null; at = at.after) at.reset()
    if (this.#pauses > 0) this.source?.resume()
    this.#pauses = 0
    this.source = null
    this.parent = null
    this.#isAborted = false
    if (this.#isCut) this.#relink()
    this.#last.next = NOWHERE
    this.layout.recycle(this)
  }

  #relink(): void {
    this.#isCut = false
    for (let at: Filter | null = this.first; at !== null; at = at.after) {
      if (at.after !== null) at.next = at.after
    }
  }
}

/** Whoever feeds a session copies of what another one gets. */
export interface CopySource extends Source {
  readonly origin: Session
}

/** Whether a session's source is such a thing. */
export function isCopySource(source: unknown): source is CopySource {
  return source !== null && typeof source === 'object' && 'origin' in source
}
