import type { MessageStart } from './event.ts'
import type { Layout } from './layout.ts'
import type { RequestInfo } from './request-info.ts'

/**
 * A feature that looks at requests: metrics, access log, tracing. Called in the batch of the event,
 * on the worker of the connection; must neither throw nor keep the events.
 */
export interface RequestObserver {
  /** It looks at the client's address, which costs a call of the kernel for each connection. */
  readonly needsClient?: boolean
  /** It is told of copies for a mirror, too, which belong to no listener and no route. */
  readonly seesCopies?: boolean
  /** The head of a request has come; nothing is chosen yet. */
  began?(request: RequestInfo, head: MessageStart): void
  /** The head of the final response is about to go out. */
  answered?(request: RequestInfo, head: MessageStart): void
  /** A request was refused before anything began: only its client and status are known. */
  refused?(request: RequestInfo): void
  /** The response is complete, or never will be: see `request.error`. Called once. */
  ended(request: RequestInfo): void
}

/** Where a line for every request goes, and for which. */
export interface AccessLogSpec {
  /** Path of the file. */
  path: string
  /** `combined`, `json`, or a template with fields in braces. */
  format: string
  /** Share of the requests without an error that are logged, above 0 and at most 1. */
  sample: number
  /** First digits of the statuses that are logged; empty for all. */
  classes: number[]
}

/** Says who looks at the requests of scripts, while their layouts are made. */
export interface RequestRecorder {
  /** The observers of a pipeline that records its requests, with a log if there is to be one. */
  open(layout: Layout, log: AccessLogSpec | undefined): readonly RequestObserver[]
  /** Those of a pipeline that was opened; none for others. */
  observersOf(layout: Layout): readonly RequestObserver[]
}
