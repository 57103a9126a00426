/** What one generator thread is told; plain data, it crosses threads. */
export interface OpenLoopTask {
  readonly port: number
  readonly path: string
  readonly connections: number
  /** Requests per second of this thread. */
  readonly rate: number
  readonly warmUpSeconds: number
  readonly countSeconds: number
}

/** What one generator thread observed. */
export interface OpenLoopResult {
  /** Latencies in microseconds from the moment each request was due (hdr-histogram, base64). */
  readonly latencies: string
  /** How much later than due the requests were sent, in microseconds (hdr-histogram, base64). */
  readonly sendDelays: string
  readonly completed: number
  readonly errors: number
  readonly firstError: string
  /** From the first counted request due to the last response. */
  readonly seconds: number
}
