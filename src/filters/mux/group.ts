import type { TargetObserver } from '../../engine/upstream-observer.ts'
import type { Exchange } from './exchange.ts'
import type { SharedSession } from './shared-session.ts'

/** The sessions that share one key of one `mux`, and the messages that wait for one. */
export class MuxGroup {
  readonly key: string
  readonly observer: TargetObserver | null
  readonly sessions: SharedSession[] = []
  /** Sessions with nothing in progress, the one used last at the end. */
  readonly idle: SharedSession[] = []
  readonly queue: Exchange[] = []

  constructor(key: string, observer: TargetObserver | null) {
    this.key = key
    this.observer = observer
  }

  remove(session: SharedSession): void {
    remove(this.sessions, session)
    remove(this.idle, session)
  }

  get isEmpty(): boolean {
    return this.sessions.length === 0 && this.queue.length === 0
  }
}

function remove<T>(list: T[], item: T): void {
  const at = list.indexOf(item)
  if (at >= 0) list.splice(at, 1)
}
