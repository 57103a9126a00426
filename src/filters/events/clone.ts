import type { Data } from '../../engine/data.ts'
import { DATA, type Event, INTERIM, MESSAGE_START, type MessageStart } from '../../engine/event.ts'

/** An event that whoever gets it may change without anybody else seeing it. */
export function cloneEvent(event: Event): Event {
  if (event.kind === DATA) return (event as Data).clone()
  if (event.kind === MESSAGE_START || event.kind === INTERIM) return (event as MessageStart).clone()
  return event
}
