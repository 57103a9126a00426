import type { MessageStart } from '../../engine/event.ts'
import { type RequestInfo, RequestSpan, SAMPLED } from '../../engine/request-info.ts'
import type { RequestObserver } from '../../engine/request-observer.ts'
import { jsonFormat } from '../../filters/access-log/format.ts'
import { RequestLines } from '../../filters/access-log/request-lines.ts'
import { newSpanId, newTraceId, validTraceParent } from '../../filters/http/trace-parent.ts'
import { HttpWireHead } from '../../filters/http/wire-head.ts'
import type { LineBuffer } from '../../observability/access-log/line-buffer.ts'
import { namesOf } from '../log-names.ts'
import type { LoadBalancerSpec, TracingSpec } from '../spec.ts'
import { spanFields } from './span-fields.ts'

/** Bit of the flags of a `traceparent` beside `SAMPLED`: the id of the trace is random. */
const RANDOM = 2

/**
 * Decides which requests are traced, as OpenTelemetry's parent-based sampler does: who has asked
 * with a `traceparent` decides, and else chance. A traced request gets a span of ours, which is the
 * parent in what the endpoint is told, and a `SpanRecord` when its response has ended.
 */
export class SpanLog implements RequestObserver {
  readonly needsClient = true
  readonly #sample: number
  readonly #lines: RequestLines

  constructor({ sample }: TracingSpec, spec: LoadBalancerSpec, lines: LineBuffer) {
    this.#sample = sample
    this.#lines = new RequestLines(jsonFormat(spanFields(spec)), lines, namesOf(spec))
  }

  began(request: RequestInfo, { wire }: MessageStart): void {
    if (!(wire instanceof HttpWireHead)) return
    const span = this.#spanOf(wire.soleField('traceparent'))
    if (span === null) return
    request.span = span
    request.headText = wire.text
    wire.span = span
  }

  ended(request: RequestInfo): void {
    if (request.span?.isRecorded === true) this.#lines.write(request)
  }

  #spanOf(received: string | undefined): RequestSpan | null {
    if (!validTraceParent(received)) {
      if (Math.random() >= this.#sample) return null
      return new RequestSpan(newTraceId(), newSpanId(), '', SAMPLED)
    }
    // 00-<trace>-<parent>-<flags>
    const flags = Number.parseInt(received.slice(53, 55), 16)
    if ((flags & SAMPLED) === 0) return null
    const [trace, parent] = [received.slice(3, 35), received.slice(36, 52)]
    return new RequestSpan(trace, newSpanId(), parent, flags & (SAMPLED | RANDOM))
  }
}
