import type { RequestInfo } from '../../engine/request-info.ts'
import type { LineBuffer } from '../../observability/access-log/line-buffer.ts'
import type { LogNames } from './fields.ts'
import type { LogFormat } from './format.ts'

/** Writes what is known of requests, each as a line of one format. */
export class RequestLines {
  readonly #format: LogFormat
  readonly #lines: LineBuffer
  readonly #names: LogNames

  constructor(format: LogFormat, lines: LineBuffer, names: LogNames) {
    this.#format = format
    this.#lines = lines
    this.#names = names
  }

  write(request: RequestInfo): void {
    this.#format.write(this.#lines.out, request, this.#names)
    this.#lines.lineEnded()
  }
}
