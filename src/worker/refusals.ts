import { performance } from 'node:perf_hooks'
import type { Layout } from '../engine/layout.ts'
import { RequestInfo } from '../engine/request-info.ts'
import type { RequestObserver } from '../engine/request-observer.ts'
import type { Runtime } from '../engine/runtime.ts'

/**
 * Tells observers of requests that were refused before a record was made of them: malformed, too
 * large, too slow, or one connection too many. `listeners` are the pipelines of the listeners;
 * `observersOf` gives those of the pipeline that has refused.
 */
export function observeRefusals(
  runtime: Runtime,
  listeners: readonly Layout[],
  observersOf: (layout: Layout) => readonly RequestObserver[],
): void {
  runtime.refused = (layout, status, client) => {
    const now = performance.now()
    const request = new RequestInfo(listeners.indexOf(layout), now)
    request.client = client
    request.status = status
    request.responseMs = now
    request.endMs = now
    request.refusal = status === 503 ? 'TooManyConnections' : 'Invalid'
    for (const observer of observersOf(layout)) observer.refused?.(request)
  }
}
