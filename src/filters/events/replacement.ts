import { Data } from '../../engine/data.ts'
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import { Message } from '../../engine/message.ts'
import { takesArgument } from './takes-argument.ts'

/** What the `replace` filters accept: an event, a message, a list of those, or nothing. */
export type Replacement = Event | Message | readonly (Event | Message | null | undefined)[] | null

/** A replacement, or a function that makes one from what it replaces. */
export type Replacer<T> = Replacement | undefined | ((replaced: T) => Replacement | undefined)

/** Whether a replacement is the same whatever it replaces, which then need not be kept. */
export function isBlind<T>(replacer: Replacer<T>): boolean {
  return typeof replacer !== 'function' || !takesArgument(replacer)
}

/** Puts out a filter's replacement for `replaced`; false if a callback failed. */
export function replace<T>(filter: Filter, replacer: Replacer<T>, replaced: T): boolean {
  if (typeof replacer !== 'function') {
    emit(filter, replacer)
    return true
  }
  const { context } = filter.session
  let value: Replacement | undefined
  try {
    value = context.runtime.call(context, replacer, replaced)
  } catch (error) {
    filter.fail(error)
    return false
  }
  emit(filter, value)
  return true
}

function emit(filter: Filter, value: unknown): void {
  if (value === null || value === undefined) return
  if (!Array.isArray(value)) {
    emitOne(filter, value)
    return
  }
  for (const item of value) {
    if (item === null || item === undefined) continue
    // Whatever else is in the list may add to the body.
    if (item instanceof MessageStart) item.isBodyChanged = true
    if (!emitOne(filter, item)) return
  }
}

function emitOne(filter: Filter, value: unknown): boolean {
  if (value instanceof Message) value.emitTo((event) => filter.next.process(event))
  else if (isEvent(value)) filter.next.process(value)
  else {
    filter.session.context.runtime.log.error('[filter] not an Event object')
    return false
  }
  return true
}

/** Whether a value that a script gave is an event. */
export function isEvent(value: unknown): value is Event {
  return (
    value instanceof Data ||
    value instanceof MessageStart ||
    value instanceof MessageEnd ||
    value instanceof SessionEnd
  )
}
