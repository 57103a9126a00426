import { Data } from '../../engine/data.ts'
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import { Message } from '../../engine/message.ts'

/** What the `replace` filters accept: an event, a message, a list of those, or nothing. */
export type Replacement = Event | Message | readonly (Event | Message | null | undefined)[] | null

/** A replacement, or a function that makes one from what it replaces. */
export type Replacer<T> = Replacement | undefined | ((replaced: T) => Replacement | undefined)

/** Puts out a filter's replacement for `replaced`, in the session's context. */
export function replace<T>(filter: Filter, replacer: Replacer<T>, replaced: T): void {
  if (typeof replacer !== 'function') return emit(filter, replacer)
  const { context } = filter.session
  let value: Replacement | undefined
  try {
    value = context.runtime.call(context, replacer, replaced)
  } catch (error) {
    filter.fail(error)
    return
  }
  emit(filter, value)
}

function emit(filter: Filter, value: unknown): void {
  if (value === null || value === undefined) return
  for (const item of Array.isArray(value) ? value : [value]) {
    if (item === null || item === undefined) continue
    if (item instanceof Message) item.emitTo((event) => filter.next.process(event))
    else if (isEvent(item)) filter.next.process(item)
    else {
      filter.session.context.runtime.log.error('[filter] not an Event object')
      return
    }
  }
}

function isEvent(value: unknown): value is Event {
  return (
    value instanceof Data ||
    value instanceof MessageStart ||
    value instanceof MessageEnd ||
    value instanceof SessionEnd
  )
}
