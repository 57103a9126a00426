import type { Data } from '../../engine/data.ts'
import { DATA, type Event, INTERIM, MESSAGE_START, type MessageStart } from '../../engine/event.ts'

/** Makes an event safe to keep past the current batch; returns it. */
export function own(event: Event): Event {
  if (event.kind === DATA) (event as Data).own()
  else if (event.kind === MESSAGE_START || event.kind === INTERIM) (event as MessageStart).own()
  return event
}
