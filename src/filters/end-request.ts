import type { Data } from '../engine/data.ts'
import { defineFilter, type FilterPlan } from '../engine/definition.ts'
import { SESSION_ERRORS } from '../engine/errors.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  type SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { RequestInfo } from '../engine/request-info.ts'
import type { RequestObserver } from '../engine/request-observer.ts'
import { batchTime } from '../native/batch-clock.ts'
import { statusOf } from './http/status-of.ts'

/**
 * `endRequest()`, the last filter of a pipeline that `beginRequest` opens: completes the record of
 * the request from its response and tells the observers.
 */
export const endRequest = defineFilter({
  name: 'endRequest',
  description: 'Ends the record of a request that beginRequest has begun',
  parameters: [],
  plan: () => {
    let observers: readonly RequestObserver[] = []
    const plan: FilterPlan = () => new EndRequest(observers)
    plan.open = (layout) => {
      observers = layout.runtime.recorder?.observersOf(layout) ?? []
    }
    return plan
  },
})

/** Internal, the other half of `beginKnownRequest`. */
export const endKnownRequest = defineFilter({
  name: 'endRequest',
  description: 'Ends the record of a request',
  parameters: [{ name: 'observers', type: 'object[]', doc: 'Who is told of the request' }],
  plan: (observers: readonly RequestObserver[]) => () => new EndRequest(observers),
})

class EndRequest extends Filter {
  readonly #observers: readonly RequestObserver[]
  #hasEnded = false
  /** The response has opened a tunnel: the request is over when that is. */
  #isTunnel = false

  constructor(observers: readonly RequestObserver[]) {
    super()
    this.#observers = observers
  }

  process(event: Event): void {
    const { request } = this.session.context
    if (request !== null && event.kind !== INTERIM) this.#record(request, event)
    this.next.process(event)
  }

  /** A session that ends before its response is complete has lost its client. */
  override reset(): void {
    const { request } = this.session.context
    if (request !== null && !this.#hasEnded) {
      if (!this.#isTunnel) request.error = 'ClientGone'
      this.#end(request)
    }
    this.#hasEnded = false
    this.#isTunnel = false
  }

  #record(request: RequestInfo, event: Event): void {
    switch (event.kind) {
      case DATA:
        request.responseBytes += (event as Data).size
        break
      case MESSAGE_START:
        this.#answer(request, event as MessageStart)
        break
      case MESSAGE_END:
        if (!this.#isTunnel) this.#end(request)
        break
      case SESSION_END: {
        // One end of a tunnel may be silent while the other still speaks.
        if (this.#hasEnded || (this.#isTunnel && (event as SessionEnd).error === '')) break
        // Whoever reads the output makes an answer of it: demux and the encoder.
        const error = (event as SessionEnd).error || 'ReadError'
        request.error = error
        if (request.status === 0) request.status = SESSION_ERRORS[error].status
        this.#end(request)
        break
      }
    }
  }

  #answer(request: RequestInfo, head: MessageStart): void {
    request.responseMs = batchTime()
    request.status = statusOf(head)
    request.error = head.failure
    this.#isTunnel = head.wire?.opensTunnel === true
    const observers = this.#observers
    for (let i = 0; i < observers.length; i++) observers[i]?.answered?.(request, head)
  }

  #end(request: RequestInfo): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    request.endMs = batchTime()
    const observers = this.#observers
    for (let i = 0; i < observers.length; i++) observers[i]?.ended(request)
  }
}
