import { SESSION_ERRORS } from '../../engine/errors.ts'
import type { MessageStart } from '../../engine/event.ts'
import type { ResponseHead } from './head-view.ts'
import { HttpWireHead } from './wire-head.ts'

/** The status of the response that a message begins; one that stands for a failure has that of it. */
export function statusOf(start: MessageStart): number {
  if (start.failure !== '') return SESSION_ERRORS[start.failure].status
  const { wire } = start
  if (wire instanceof HttpWireHead && !wire.isRequest && !wire.isChanged()) return wire.status
  return Number((start.head as Partial<ResponseHead> | null)?.status || 200)
}
