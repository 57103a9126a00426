import type { SessionErrorCode } from './errors.ts'
import { type Event, SessionEnd } from './event.ts'
import type { Session } from './session.ts'

/** Something that takes events: the next filter, or what stands behind a session's last one. */
export interface Sink {
  process(event: Event): void
}

/** Something whose stream of events can be held up. Calls balance; a source starts running. */
export interface Source {
  pause(): void
  resume(): void
}

/** The sink of a filter that is not part of a running session. */
export const NOWHERE: Sink = { process: () => undefined }

/**
 * One stage of one session. Fields of a subclass are the per-session state, and `reset()` puts
 * them back to what the constructor left, because sessions are pooled.
 *
 *     source <-- pause/resume -- filter <-- pause/resume -- filter <-- pause/resume -- sink
 *            ---- events ----->         ---- events ----->         ---- events ----->
 */
export abstract class Filter implements Sink, Source {
  /** Where this filter's output goes. */
  next: Sink = NOWHERE
  /** The filter behind this one in the same session, or `null` for the last. */
  after: Filter | null = null
  /** Who feeds this filter: the filter before it, or the session's source. */
  previous: Source | null = null
  /** The session that this filter belongs to, for its whole life. */
  session!: Session

  /** Takes one event. Never throws because of what a peer sent. */
  abstract process(event: Event): void

  /** The session begins: `next`, `previous` and `session.context` are set. */
  start(): void {}

  /** The session has ended: drop what it held and go back to the initial state. */
  reset(): void {}

  /**
   * What takes this filter's output is full. A filter that produces output by itself holds up its
   * producer; the others pass the word to whoever feeds them.
   */
  pause(): void {
    this.previous?.pause()
  }

  /** Takes back one `pause()`. */
  resume(): void {
    this.previous?.resume()
  }

  /** Ends the session's output from this filter on. */
  end(error: SessionErrorCode | '' = ''): void {
    this.next.process(new SessionEnd(error))
  }

  /** A script callback has failed: reports it and ends the session. */
  fail(error: unknown): void {
    this.session.context.runtime.reportScriptError(error)
    this.session.abort()
    this.end('RuntimeError')
    this.session.close(this)
  }
}
