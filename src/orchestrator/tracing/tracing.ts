import type { SpanPiece } from '../../observability/tracing/span-record.ts'
import type { ProgramSpec, TracingSpec } from '../../program/spec.ts'
import type { SpanCounts, SpanExporter } from './span-exporter.ts'

/** How long the end of the process waits for a collector. */
const LAST_EXPORT_MS = 3000

/** Where spans of workers go: to the collector that the present program names, if it names one. */
export class Tracing {
  /** Undefined until a program asks for spans. */
  counts: SpanCounts | undefined
  #spec = ''
  #exporter: SpanExporter | undefined
  #Exporter: typeof SpanExporter | undefined

  /** Loads what a program needs, before it is started. */
  async prepare(program: ProgramSpec): Promise<void> {
    if (specOf(program) === undefined) return
    this.#Exporter ??= (await import('./span-exporter.ts')).SpanExporter
  }

  /** Makes a program that was prepared the present one. */
  use(program: ProgramSpec): void {
    const spec = specOf(program)
    const text = JSON.stringify(spec) ?? ''
    if (text === this.#spec) return
    this.#spec = text
    void this.#exporter?.shutdown()
    this.#exporter = undefined
    if (spec === undefined || this.#Exporter === undefined) return
    this.counts ??= { sent: 0, dropped: 0, failed: 0 }
    this.#exporter = new this.#Exporter(spec, this.counts)
  }

  /** Takes what a worker has sent. */
  receive({ lines, dropped }: SpanPiece): void {
    if (this.counts !== undefined) this.counts.dropped += dropped
    this.#exporter?.add(lines)
  }

  /** Exports what there is, for the end of the process; a collector that is away is not waited for. */
  async finish(): Promise<void> {
    const exporter = this.#exporter
    if (exporter === undefined) return
    const isOver = new Promise<void>((resolve) => setTimeout(resolve, LAST_EXPORT_MS).unref())
    await Promise.race([exporter.shutdown(), isOver])
  }
}

function specOf(program: ProgramSpec): TracingSpec | undefined {
  return program.kind === 'lb' ? program.tracing : undefined
}
