/** What the thread of the good client is started with. */
export interface GoodClientTask {
  readonly port: number
  readonly path: string
  /** Requests per second. */
  readonly rate: number
  /** A request without an answer for so many milliseconds has failed. */
  readonly patienceMs: number
}

/** To the thread: count under another name, send nothing for a while, or end. */
export type ToGoodClient =
  | { readonly type: 'phase'; readonly name: string }
  | { readonly type: 'rest' }
  | { readonly type: 'stop' }

/** From the thread: it is sending; nothing is under way any more; or the figures of all phases. */
export type FromGoodClient =
  | { readonly type: 'sending' }
  | { readonly type: 'resting' }
  | { readonly type: 'stopped'; readonly phases: readonly PhaseFigures[] }

/** What became of the requests that were due in one phase. */
export interface PhaseFigures {
  readonly name: string
  readonly sent: number
  readonly failed: number
  /** In words; empty if none failed. */
  readonly firstError: string
  /** Microseconds from the moment each request was due (hdr-histogram, base64). */
  readonly latencies: string
}
