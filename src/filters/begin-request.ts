import type { Data } from '../engine/data.ts'
import { defineFilter, type FilterPlan } from '../engine/definition.ts'
import { DATA, type Event, MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { RequestInfo, RequestSpan } from '../engine/request-info.ts'
import type { RequestObserver } from '../engine/request-observer.ts'
import { batchTime } from '../native/batch-clock.ts'
import { type RecordOptions, readRecordOptions } from './access-log/record-options.ts'
import { newSpanId, newTraceId, validTraceParent } from './http/trace-parent.ts'
import { HttpWireHead } from './http/wire-head.ts'

/**
 * `beginRequest(options)`, the first filter of a pipeline below `demux`: makes the record of its
 * request, for metrics and an access log. `endRequest` is its other half. Where nobody keeps records,
 * nothing is made.
 */
export const beginRequest = defineFilter({
  name: 'beginRequest',
  description: 'Begins the record of a request, for metrics and an access log',
  parameters: [{ name: 'options', type: 'RecordOptions', doc: 'accessLog', isOptional: true }],
  plan: (options?: RecordOptions) => {
    const log = readRecordOptions(options)
    let observers: readonly RequestObserver[] = []
    const plan: FilterPlan = () =>
      observers.length === 0 ? new Pass() : new BeginRequest(OF_CONNECTION, observers, TOLD)
    plan.open = (layout) => {
      observers = layout.runtime.recorder?.open(layout, log) ?? []
    }
    return plan
  },
})

/**
 * Internal, the same in a load balancer, which knows more: the requests are of listener number
 * `listener`, and they are told to these observers.
 */
export const beginKnownRequest = defineFilter({
  name: 'beginRequest',
  description: 'Begins the record of a request',
  parameters: [
    { name: 'listener', type: 'number', doc: 'Index of the listener' },
    { name: 'observers', type: 'object[]', doc: 'Who is told of the request' },
    { name: 'hasId', type: 'boolean', doc: 'Whether requests have ids', isOptional: true },
    { name: 'hasTrace', type: 'boolean', doc: 'Whether they belong to traces', isOptional: true },
  ],
  plan: (
    listener: number,
    observers: readonly RequestObserver[],
    hasId?: boolean,
    hasTrace?: boolean,
  ) => {
    const needsClient = observers.some((observer) => observer.needsClient === true)
    const told = { needsClient, hasId: hasId === true, hasTrace: hasTrace === true }
    return () => new BeginRequest(listener, observers, told)
  },
})

/** Stands for the listener that has accepted the connection. */
const OF_CONNECTION = -2

/** What records have. */
interface Told {
  readonly needsClient: boolean
  readonly hasId: boolean
  readonly hasTrace: boolean
}

/** Of scripts: what endpoints are told of a request is for later filters to say. */
const TOLD: Told = { needsClient: true, hasId: false, hasTrace: false }

class Pass extends Filter {
  process(event: Event): void {
    this.next.process(event)
  }
}

class BeginRequest extends Filter {
  readonly #listener: number
  readonly #observers: readonly RequestObserver[]
  readonly #told: Told
  #request: RequestInfo | null = null

  constructor(listener: number, observers: readonly RequestObserver[], told: Told) {
    super()
    this.#listener = listener
    this.#observers = observers
    this.#told = told
  }

  process(event: Event): void {
    if (event.kind === DATA) {
      if (this.#request !== null) this.#request.requestBytes += (event as Data).size
    } else if (event.kind === MESSAGE_START && this.#request === null) {
      this.#begin(event as MessageStart)
    }
    this.next.process(event)
  }

  override reset(): void {
    this.#request = null
  }

  #begin(head: MessageStart): void {
    const { context } = this.session
    const listener =
      this.#listener === OF_CONNECTION ? (context.inbound?.listener ?? -1) : this.#listener
    const request = new RequestInfo(listener, batchTime())
    this.#request = request
    context.request = request
    const { needsClient, hasId, hasTrace } = this.#told
    if (needsClient) request.client = context.inbound?.remoteAddress ?? ''
    // The same that the encoder tells the endpoint.
    const { wire } = head
    if (hasId && wire instanceof HttpWireHead) request.id = wire.requestId
    const observers = this.#observers
    for (let i = 0; i < observers.length; i++) observers[i]?.began?.(request, head)
    if (hasTrace && request.span === null && wire instanceof HttpWireHead) beginTrace(request, wire)
  }
}

/** A client that has no trace gets one, of which nobody has asked to record anything. */
function beginTrace(request: RequestInfo, wire: HttpWireHead): void {
  if (validTraceParent(wire.soleField('traceparent'))) return
  request.span = new RequestSpan(newTraceId(), newSpanId(), '', 0)
  wire.span = request.span
}
