import type { MessageStart } from '../../engine/event.ts'
import { HttpWireHead } from '../http/wire-head.ts'

/** RFC 9110 §9.2.1 */
const SAFE_METHODS: readonly unknown[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE']

/**
 * Whether a message may be worked on beside others of its connection. Of HTTP requests only safe ones
 * may; what has no method is no request, and nobody knows anything against it.
 */
export function isSafeMessage(start: MessageStart): boolean {
  if (start.wire instanceof HttpWireHead) return start.wire.isSafe
  const head: { method?: unknown } | null = start.wire === null ? start.head : null
  return typeof head?.method !== 'string' || SAFE_METHODS.includes(head.method)
}
