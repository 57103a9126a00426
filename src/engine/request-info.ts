import type { SessionErrorCode } from './errors.ts'

/**
 * What all features that look at requests share: one record for each request, made by
 * `beginRequest` and found as `context.request`. Programs in which nothing needs it have none.
 * Indices are those of the program's spec, -1 until they are known.
 */
export class RequestInfo {
  /** When the head came in, on the monotonic clock, in milliseconds. */
  readonly startMs: number
  /** Index of the listener. */
  readonly listener: number
  /** Index among the listener's routes; -1 when no route took the request. */
  route: number
  /** Index of the upstream, and of the endpoint in it, that was chosen last. */
  upstream: number
  endpoint: number
  /** Address of that endpoint, as `connect` takes it; empty until one is chosen. */
  target: string
  /** How often an endpoint was chosen: 1 for a request that was not tried again. */
  attempts: number
  /** The client's IP address; empty when no feature has asked for it. */
  client: string
  /** The request's id; empty when the program gives none. */
  id: string
  /** What consistent hashing chose the endpoint by. */
  hashKey: string
  /** Status of the final response; 0 until its head comes. */
  status: number
  /** How long it took to connect to the endpoint, in milliseconds; -1 if a connection was there. */
  connectMs: number
  /** When the head of the final response came, on the same clock; 0 until then. */
  responseMs: number
  /** When the response was complete, or could not become so, on the same clock; 0 until then. */
  endMs: number
  /** The head of the request as it came, Latin-1; empty when no feature has asked for it. */
  headText: string
  /** Our part of the trace of the request; `null` when the request has none. */
  span: RequestSpan | null
  /** Bytes of the bodies so far, without framing. */
  requestBytes: number
  responseBytes: number
  /** Which policy has answered it instead of an upstream; empty if none has. */
  refusal: 'RateLimited' | 'AccessDenied' | 'Invalid' | 'TooManyConnections' | ''
  /** Why there was no response of an upstream, or not all of one; empty when it went well. */
  error: SessionErrorCode | 'ClientGone' | ''

  constructor(listener: number, startMs: number) {
    this.startMs = startMs
    this.listener = listener
    this.route = -1
    this.upstream = -1
    this.endpoint = -1
    this.target = ''
    this.attempts = 0
    this.client = ''
    this.id = ''
    this.hashKey = ''
    this.status = 0
    this.connectMs = -1
    this.responseMs = 0
    this.endMs = 0
    this.headText = ''
    this.span = null
    this.requestBytes = 0
    this.responseBytes = 0
    this.refusal = ''
    this.error = ''
  }
}

/** Bit of the flags of a `traceparent`: somebody records the trace. */
export const SAMPLED = 1

/** What is known of a request as a part of a trace, by the terms of W3C Trace Context. */
export class RequestSpan {
  readonly trace: string
  readonly id: string
  /** Whose child it is; empty when the trace begins here. */
  readonly parent: string
  /** What the endpoint is told. */
  readonly traceParent: string
  /** Whether it is told to a collector, too. */
  readonly isRecorded: boolean

  constructor(trace: string, id: string, parent: string, flags: number) {
    this.trace = trace
    this.id = id
    this.parent = parent
    this.traceParent = `00-${trace}-${id}-0${flags}`
    this.isRecorded = (flags & SAMPLED) !== 0
  }
}
