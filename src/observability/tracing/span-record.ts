/**
 * What a worker tells of a request that is traced, as one line of JSON. Texts are empty and numbers
 * `null` where there is nothing to tell.
 */
export interface SpanRecord {
  /** Ids of the trace, of our span, and of the span that it is a child of. */
  readonly trace: string
  readonly span: string
  readonly parent: string
  /** When the head of the request came, in milliseconds since the epoch. */
  readonly start: number
  readonly scheme: string
  /** What the matched route says of paths. */
  readonly pattern: string
  readonly client: string
  readonly listener: string
  readonly route: string
  readonly method: string
  readonly target: string
  readonly protocol: string
  readonly host: string
  readonly status: number
  readonly bytes: number
  readonly request_bytes: number
  readonly duration_ms: number
  readonly header_ms: number | null
  readonly connect_ms: number | null
  readonly upstream: string
  readonly endpoint: string
  readonly attempts: number
  readonly id: string
  readonly user_agent: string
  /** `ok`, or why there was no response of an upstream, or not all of one. */
  readonly end: string
}

/** Spans on their way from a worker to the orchestrator. */
export interface SpanPiece {
  /** `SpanRecord`s, each with its end of line. */
  readonly lines: string
  /** How many spans were dropped since the last piece. */
  readonly dropped: number
}
