import { Filter } from './filter.ts'
import type { Session } from './session.ts'

/** A source that feeds sessions for a filter beside it. */
export interface SourceOfCalls {
  /** Any filter at that place: those of all sessions count as one. */
  readonly caller: Filter | null
}

/**
 * The filter that has started a session, or one at the same place of the same layout; `null` for what
 * comes from elsewhere. It is found by what feeds the session, so that nobody has to remember it.
 */
export function callerOf({ source, parent }: Session): Filter | null {
  // A filter that goes on in another pipeline has that fed by whoever feeds itself.
  if (source instanceof Filter) return source.after
  if (parent !== null && source === parent) return parent.first
  return isSourceOfCalls(source) ? source.caller : null
}

function isSourceOfCalls(source: object | null): source is SourceOfCalls {
  return source !== null && 'caller' in source
}
