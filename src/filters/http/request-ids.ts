import { nodeCrypto } from '../../net/tls/node-tls.ts'

/** What an id may consist of without meaning anything to a log, a shell or a header. */
const REQUEST_ID = /^[0-9A-Za-z._~+/=:@-]{1,128}$/
/** W3C Trace Context §3.2: neither id is all zeros, and later versions may be longer. */
const IDS = '-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}'
const TRACE_PARENT = new RegExp(`^(?:00${IDS}|(?!00|ff)[0-9a-f]{2}${IDS}(?:-.*)?)$`)

const TRACE_BYTES = 16
const PARENT_BYTES = 8
/** Random bytes are fetched for so many traces at once: a call takes longer than all the rest. */
const POOL_TRACES = 256

let pool = ''
let at = 0

/** Whether a client's own id of its request can be kept. */
export function validRequestId(id: string | undefined): id is string {
  return id !== undefined && REQUEST_ID.test(id)
}

/** A new id of a request. */
export function newRequestId(): string {
  return nodeCrypto().randomUUID()
}

/** Whether a client's own `traceparent` can be kept. */
export function validTraceParent(value: string | undefined): boolean {
  return value !== undefined && TRACE_PARENT.test(value)
}

/** A `traceparent` that begins a trace, which nobody has asked to record. */
export function newTraceParent(): string {
  if (at >= pool.length) {
    pool = nodeCrypto()
      .randomBytes(POOL_TRACES * (TRACE_BYTES + PARENT_BYTES))
      .toString('hex')
    at = 0
  }
  const trace = pool.slice(at, at + 2 * TRACE_BYTES)
  const parent = pool.slice(at + 2 * TRACE_BYTES, at + 2 * (TRACE_BYTES + PARENT_BYTES))
  at += 2 * (TRACE_BYTES + PARENT_BYTES)
  return `00-${trace}-${parent}-00`
}
