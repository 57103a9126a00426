import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'
import {
  AlwaysOnSampler,
  BatchSpanProcessor,
  type IdGenerator,
  type SpanExporter as SdkExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions'
import { logger } from '../../observability/logger.ts'
import type { SpanRecord } from '../../observability/tracing/span-record.ts'
import type { TracingSpec } from '../../program/spec.ts'
import { attributesOf, errorOf, methodOf } from './span-attributes.ts'
import { hintFor } from './span-problem.ts'

/** Spans that wait while the collector is slow or away; more are dropped. */
const MAX_QUEUED = 4096
/** How long the first span of a batch waits for more. */
const DELAY_MS = 1000

/** What has become of spans. */
export interface SpanCounts {
  sent: number
  /** Nobody had the time to take them. */
  dropped: number
  /** The collector could not be reached, or refused them. */
  failed: number
}

/**
 * Exports spans of workers by OpenTelemetry's SDK: its batches, its OTLP exporter and its retries.
 * Loaded only for configs that ask for it.
 */
export class SpanExporter {
  readonly #url: string
  readonly #counts: SpanCounts
  readonly #ids = new GivenIds()
  readonly #provider: TracerProvider
  readonly #tracer: Tracer
  /** Spans that the SDK has and the exporter has not. */
  #queued = 0
  #hasFailed = false

  constructor({ url, headers, service }: TracingSpec, counts: SpanCounts) {
    this.#url = url
    this.#counts = counts
    const exporter = this.#counting(new OTLPTraceExporter({ url, headers }))
    this.#provider = new TracerProvider({
      resource: resourceOf(service),
      // Workers have decided.
      sampler: new AlwaysOnSampler(),
      idGenerator: this.#ids,
      spanProcessors: [
        new BatchSpanProcessor({
          ...{ exporter, maxQueueSize: MAX_QUEUED, scheduledDelayMillis: DELAY_MS },
        }),
      ],
    })
    this.#tracer = this.#provider.getTracer('sluice')
  }

  /** Takes spans as a worker has written them, each with its end of line. */
  add(lines: string): void {
    // Each line is an object of JSON.
    const records: SpanRecord[] = JSON.parse(`[${lines.trimEnd().replaceAll('\n', ',')}]`)
    for (const record of records) {
      if (this.#queued < MAX_QUEUED) this.#add(record)
      else this.#counts.dropped++
    }
  }

  /** Exports what there is; resolves when that is done. */
  async shutdown(): Promise<void> {
    // What has failed is counted.
    await this.#provider.shutdown().catch(() => {})
  }

  #add(record: SpanRecord): void {
    const { trace: traceId, parent, start, duration_ms, pattern } = record
    this.#ids.use(record)
    const context =
      parent === ''
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, {
            ...{ traceId, spanId: parent, traceFlags: 1, isRemote: true },
          })
    const method = methodOf(record)
    const span = this.#tracer.startSpan(
      pattern === '' ? method : `${method} ${pattern}`,
      { kind: SpanKind.SERVER, startTime: start, attributes: attributesOf(record) },
      context,
    )
    if (errorOf(record) !== undefined) span.setStatus({ code: SpanStatusCode.ERROR })
    this.#queued++
    span.end(start + duration_ms)
  }

  /** An exporter that tells what becomes of spans. */
  #counting(exporter: SdkExporter): SdkExporter {
    return {
      export: (spans, done) => {
        this.#queued -= spans.length
        exporter.export(spans, (result) => {
          const { error } = result
          if (error === undefined) this.#counts.sent += spans.length
          else this.#counts.failed += spans.length
          this.#note(error)
          done(result)
        })
      },
      forceFlush: async () => exporter.forceFlush?.(),
      shutdown: () => exporter.shutdown(),
    }
  }

  /** One line when it begins to fail, and one when it works again. */
  #note(error: Error | undefined): void {
    if ((error !== undefined) === this.#hasFailed) return
    this.#hasFailed = error !== undefined
    if (error === undefined) logger.info(`[tracing] ${this.#url} takes spans again`)
    else logger.error(`[tracing] ${this.#url} does not take spans: ${hintFor(error)}`)
  }
}

/** Gives the ids that workers have made: endpoints know them already. */
class GivenIds implements IdGenerator {
  #record: Pick<SpanRecord, 'trace' | 'span'> = { trace: '', span: '' }

  use(record: SpanRecord): void {
    this.#record = record
  }

  generateTraceId(): string {
    return this.#record.trace
  }

  generateSpanId(): string {
    return this.#record.span
  }
}

/** Who we are: as the config says, and `OTEL_RESOURCE_ATTRIBUTES`. */
function resourceOf(service: string): Resource {
  return detectResources({ detectors: [envDetector] }).merge(
    resourceFromAttributes({ [ATTR_SERVICE_NAME]: service }),
  )
}
