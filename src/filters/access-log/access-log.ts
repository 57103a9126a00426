import type { MessageStart } from '../../engine/event.ts'
import type { RequestInfo } from '../../engine/request-info.ts'
import type { AccessLogSpec, RequestObserver } from '../../engine/request-observer.ts'
import type { LineBuffer } from '../../observability/access-log/line-buffer.ts'
import type { Escaping } from '../../observability/access-log/line-bytes.ts'
import { HttpWireHead } from '../http/wire-head.ts'
import type { LogNames } from './fields.ts'
import { compileFormat } from './format.ts'
import { RequestLines } from './request-lines.ts'

const FIRST_ERROR = 400

/** Writes a line for every request that the spec selects, when its response has ended. */
export class AccessLog implements RequestObserver {
  readonly needsClient = true
  readonly #lines: RequestLines
  readonly #sample: number
  readonly #classes: readonly number[]
  /** Grows by `sample` with each request: one is written whenever it reaches 1. */
  #share = 0

  /** `open` gives what takes the lines. */
  constructor(
    { format, sample, classes }: AccessLogSpec,
    names: LogNames,
    open: (escaping: Escaping) => LineBuffer,
  ) {
    const compiled = compileFormat(format)
    this.#lines = new RequestLines(compiled, open(compiled.escaping), names)
    this.#sample = sample
    this.#classes = classes
  }

  began(request: RequestInfo, { wire }: MessageStart): void {
    // All of the head at once: each further look at the slab costs more than the copy.
    if (wire instanceof HttpWireHead) request.headText = wire.text
  }

  refused(request: RequestInfo): void {
    this.ended(request)
  }

  ended(request: RequestInfo): void {
    if (this.#isSelected(request)) this.#lines.write(request)
  }

  /** What went wrong is never left out by sampling. */
  #isSelected({ status, error }: RequestInfo): boolean {
    const classes = this.#classes
    if (classes.length > 0 && !classes.includes(status === 0 ? 4 : (status / 100) | 0)) return false
    if (this.#sample >= 1 || status >= FIRST_ERROR || error !== '') return true
    this.#share += this.#sample
    if (this.#share < 1) return false
    this.#share -= 1
    return true
  }
}
