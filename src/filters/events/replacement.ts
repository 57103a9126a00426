import { Data } from '../../engine/data.ts'
import {
  type Event,
  MessageEnd,
  MessageStart,
  SESSION_END,
  SessionEnd,
} from '../../engine/event.ts'
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

/**
 * Puts out a filter's replacement for `replaced`; false if nothing may follow, because a callback
 * failed or the replacement has ended the session.
 */
export function replace<T>(filter: Filter, replacer: Replacer<T>, replaced: T): boolean {
  if (typeof replacer !== 'function') return emit(filter, replacer)
  const { context } = filter.session
  let value: Replacement | undefined
  try {
    value = context.runtime.call(context, replacer, replaced)
  } catch (error) {
    filter.fail(error)
    return false
  }
  return emit(filter, value)
}

function emit(filter: Filter, value: unknown): boolean {
  if (value === null || value === undefined) return true
  if (!Array.isArray(value)) {
    if (isEvent(value) || value instanceof Message) return emitOne(filter, value)
    complain(filter)
    return true
  }
  for (const item of value) {
    if (item === null || item === undefined) continue
    if (!isEvent(item) && !(item instanceof Message)) {
      complain(filter)
      return true
    }
    // Whatever else is in the list may add to the body.
    if (item instanceof MessageStart) item.isBodyChanged = true
    if (!emitOne(filter, item)) return false
  }
  return true
}

function complain(filter: Filter): void {
  filter.session.context.runtime.log.error('[filter] not an Event object')
}

/** Whether something may follow. */
function emitOne(filter: Filter, value: Event | Message): boolean {
  if (value instanceof Message) {
    value.emitTo((event) => filter.next.process(event))
    return true
  }
  filter.next.process(value)
  if (value.kind !== SESSION_END) return true
  filter.session.close(filter)
  return false
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
