import type { AccessLogSpec } from '../../engine/request-observer.ts'
import { compileFormat } from './format.ts'

/** What becomes of the records of requests; metrics count them in any case. */
export interface RecordOptions {
  /** Where a line for each goes: the path of a file, or what a config's `accessLog` says. */
  readonly accessLog?: string | AccessLogOptions
}

export interface AccessLogOptions {
  readonly path: string
  /** `combined` unless given. */
  readonly format?: string
  /** Share of the requests without an error; all unless given. */
  readonly sample?: number
  /** Classes of statuses, such as `5xx`; all unless given. */
  readonly status?: readonly string[]
}

const CLASS = /^[1-5]xx$/

/** Reads them; throws a TypeError or RangeError that names what is wrong. */
export function readRecordOptions(options: RecordOptions | undefined): AccessLogSpec | undefined {
  if (options === undefined) return undefined
  if (typeof options !== 'object' || options === null) {
    throw new TypeError('argument #1 expects an object')
  }
  checkNames(options, ['accessLog'], '')
  const { accessLog } = options
  if (accessLog === undefined) return undefined
  if (typeof accessLog === 'string') return readLog({ path: accessLog })
  if (typeof accessLog !== 'object' || accessLog === null) {
    throw new TypeError('option accessLog must be a path or an object')
  }
  checkNames(accessLog, ['path', 'format', 'sample', 'status'], 'accessLog.')
  return readLog(accessLog)
}

function readLog({
  path,
  format = 'combined',
  sample = 1,
  status = [],
}: AccessLogOptions): AccessLogSpec {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new TypeError('option accessLog.path must be the path of a file')
  }
  if (typeof format !== 'string' || format === '') {
    throw new TypeError('option accessLog.format must be combined, json, or a template')
  }
  try {
    compileFormat(format)
  } catch (error) {
    throw new RangeError(`option accessLog.format: ${(error as Error).message}`)
  }
  if (!(typeof sample === 'number' && sample > 0 && sample <= 1)) {
    throw new RangeError('option accessLog.sample must be a share above 0 and at most 1')
  }
  if (!Array.isArray(status) || !status.every((one) => CLASS.test(String(one)))) {
    throw new TypeError(
      "option accessLog.status must be classes of statuses, such as ['4xx', '5xx']",
    )
  }
  return { path, format, sample, classes: status.map((one) => Number(one[0])) }
}

/** A name that is not known is a mistake that would go unseen. */
function checkNames(options: object, known: readonly string[], prefix: string): void {
  const unknown = Object.keys(options).find((name) => !known.includes(name))
  if (unknown === undefined) return
  throw new TypeError(`no option ${prefix}${unknown}: there is ${known.join(', ')}`)
}
