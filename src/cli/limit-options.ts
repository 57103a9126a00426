import { HTTP_ONLY_OF_LISTENERS } from '../config/check-tcp.ts'
import type { ListenerOptions, ListenerTimeoutName } from '../net/listener-options.ts'
import { LIMIT_RANGES, type ListenerLimits } from '../net/listener-policy.ts'
import type { OptionSpec, ParsedOptions } from './option-table.ts'
import { parseDuration, parseSize } from './parse-value.ts'
import { UsageError } from './usage-error.ts'

interface LimitOption extends OptionSpec {
  key: keyof ListenerLimits
}

interface TimeoutOption extends OptionSpec {
  key: ListenerTimeoutName
}

/** Limits of every listener. */
export const LIMIT_OPTIONS: readonly LimitOption[] = [
  {
    name: 'max-headers',
    key: 'maxHeaders',
    value: '<n>',
    doc: 'Header fields of a request; 431 above. At most 128. Default: 100.',
  },
  {
    name: 'max-head-size',
    key: 'maxHeadBytes',
    value: '<size>',
    doc: 'Bytes of the head of a request; 431 above. At most 64k. Default: 16k.',
  },
  {
    name: 'max-request-line-size',
    key: 'maxRequestLineBytes',
    value: '<size>',
    doc: 'Bytes of the request line; 414 above. Default: 8k.',
  },
  {
    name: 'max-body-size',
    key: 'maxBodyBytes',
    value: '<size>',
    doc: 'Bytes of the body of a request; 413 above. Default: 0, no limit.',
  },
  {
    name: 'min-body-rate',
    key: 'minBodyRate',
    value: '<size>',
    doc: 'Bytes per second of the body of a request, over each --body-timeout; 408 below. Default: 0.',
  },
  {
    name: 'max-chunk-extension-size',
    key: 'maxChunkExtensionBytes',
    value: '<size>',
    doc: 'Bytes of the extensions of one chunk; 400 above. Default: 1k.',
  },
  {
    name: 'max-trailers-size',
    key: 'maxTrailerBytes',
    value: '<size>',
    doc: 'Bytes of the trailers of a request; 431 above. Default: 8k.',
  },
  {
    name: 'max-connections',
    key: 'maxConnections',
    value: '<n>',
    doc: 'Connections of a listener, an equal part for each worker; 503 above. Default: 0, no limit.',
  },
  {
    name: 'max-connections-per-address',
    key: 'maxConnectionsPerAddress',
    value: '<n>',
    doc: 'Connections of one client (IPv6: of one /64) in each worker; 503 above. Default: 0, no limit.',
  },
  {
    name: 'max-requests',
    key: 'maxRequestsPerConnection',
    value: '<n>',
    doc: 'Requests of one connection; the last closes it. Default: 0, no limit.',
  },
  {
    name: 'max-pipelined',
    key: 'maxPipelinedRequests',
    value: '<n>',
    doc: 'Unanswered requests of one connection; no more is read meanwhile. At most 128. Default: 128.',
  },
  {
    name: 'max-buffered',
    key: 'maxBufferedBytes',
    value: '<size>',
    doc: 'Unsent bytes of one connection; what feeds it is held up meanwhile. Default: 256k.',
  },
]

/** How every listener reads lines. */
export const LENIENT_LF_OPTION: OptionSpec = {
  name: 'http-lenient-lf',
  doc: 'A bare LF ends a line of a request, too; it is forwarded as CRLF. Default: 400.',
}

/** How every listener learns of its clients. */
export const ACCEPT_PROXY_OPTION: OptionSpec = {
  name: 'accept-proxy',
  doc: 'Connections begin with a PROXY header, version 1 or 2, that tells whose they are.',
}

/** Time-outs of every listener. */
export const LISTENER_TIMEOUT_OPTIONS: readonly TimeoutOption[] = [
  {
    name: 'head-timeout',
    key: 'requestHead',
    value: '<time>',
    doc: 'From the first byte of a request to the end of its head; 408 after. Default: 30s.',
  },
  {
    name: 'body-timeout',
    key: 'requestBody',
    value: '<time>',
    doc: 'Between two pieces of the body of a request; 408 after. Default: 60s.',
  },
  {
    name: 'write-timeout',
    key: 'write',
    value: '<time>',
    doc: 'For a client that takes nothing of what is sent to it. Default: 60s.',
  },
  {
    name: 'keep-alive-timeout',
    key: 'keepAlive',
    value: '<time>',
    doc: 'For an HTTP client that asks nothing more. Default: that of --idle-timeout.',
  },
]

/** What is said and waited for with requests, besides what the table of listeners knows. */
const OF_REQUESTS = [
  'x-forwarded',
  'forwarded',
  'request-id',
  'traceparent',
  'response-timeout',
  'progress-timeout',
  'access-log-format',
  'access-log',
]

/** Complains of options that were given and that only HTTP knows; throws `UsageError`. */
export function refuseHttpOptions(options: ParsedOptions): void {
  const keys: readonly [name: string, key: string][] = [
    ...LIMIT_OPTIONS.map(({ name, key }): [string, string] => [name, `limits.${key}`]),
    ...LISTENER_TIMEOUT_OPTIONS.map(({ name, key }): [string, string] => [name, `timeouts.${key}`]),
    [LENIENT_LF_OPTION.name, 'httpLenientLf'],
  ]
  const httpOnly = HTTP_ONLY_OF_LISTENERS.map(({ key }) => key.join('.'))
  const names = keys.filter(([, key]) => httpOnly.includes(key)).map(([name]) => name)
  const says = (one: string): boolean =>
    options.isSet(one) && !(one === 'x-forwarded' && options.value(one) === 'off')
  const name = [...names, ...OF_REQUESTS].find(says)
  if (name !== undefined)
    throw new UsageError(`--${name} is for HTTP, and --tcp passes bytes as they are: leave one out`)
}

/** Reads the options of these tables; only what was given is in the result. Throws `UsageError`. */
export function readListenerOptions(options: ParsedOptions): ListenerOptions {
  const limits: NonNullable<ListenerOptions['limits']> = {}
  for (const { name, key } of LIMIT_OPTIONS) {
    const text = options.value(name)
    if (text !== undefined) limits[key] = parseSize(name, text, LIMIT_RANGES[key])
  }
  const timeouts: NonNullable<ListenerOptions['timeouts']> = {}
  for (const { name, key } of LISTENER_TIMEOUT_OPTIONS) {
    const text = options.value(name)
    if (text === undefined) continue
    parseDuration(name, text)
    timeouts[key] = text
  }
  return {
    ...(options.isSet(LENIENT_LF_OPTION.name) && { httpLenientLf: true }),
    ...(options.isSet(ACCEPT_PROXY_OPTION.name) && { proxyProtocol: true }),
    ...(Object.keys(limits).length > 0 && { limits }),
    ...(Object.keys(timeouts).length > 0 && { timeouts }),
  }
}
