import { nodeCrypto } from '../../net/tls/node-tls.ts'

/** W3C Trace Context §3.2: neither id is all zeros, and later versions may be longer. */
const IDS = '-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}'
const TRACE_PARENT = new RegExp(`^(?:00${IDS}|(?!00|ff)[0-9a-f]{2}${IDS}(?:-.*)?)$`)

const TRACE_DIGITS = 32
const SPAN_DIGITS = 16
/** Random bytes are fetched for many ids at once: a call takes longer than all the rest. */
const POOL_BYTES = 6144

let pool = ''
let at = 0

/** Whether a client's own `traceparent` can be kept. */
export function validTraceParent(value: string | undefined): value is string {
  return value !== undefined && TRACE_PARENT.test(value)
}

/** A `traceparent` that begins a trace, which nobody has asked to record. */
export function newTraceParent(): string {
  return `00-${newTraceId()}-${newSpanId()}-00`
}

/** A new id of a trace. */
export function newTraceId(): string {
  return randomDigits(TRACE_DIGITS)
}

/** A new id of a span. */
export function newSpanId(): string {
  return randomDigits(SPAN_DIGITS)
}

function randomDigits(count: number): string {
  if (at + count > pool.length) {
    pool = nodeCrypto().randomBytes(POOL_BYTES).toString('hex')
    at = 0
  }
  at += count
  return pool.slice(at - count, at)
}
