import type { RequestInfo } from '../../engine/request-info.ts'
import type { LineBytes } from '../../observability/access-log/line-bytes.ts'
import { fieldOfText } from '../http/find-field.ts'
import type { LogClock } from './log-clock.ts'

/** One thing that a line of the access log can tell about a request. */
export interface LogField {
  readonly name: string
  readonly doc: string
  /** Writes a plain word, which in JSON gets its quotes from outside, and not a value of its own. */
  readonly isWord: boolean
  write(out: LineBytes, request: RequestInfo, names: LogNames): void
}

/** Names of what a record tells by index. */
export interface LogNames {
  readonly clock: LogClock
  readonly listeners: readonly string[]
  /** By listener. */
  readonly routes: readonly (readonly string[])[]
  readonly upstreams: readonly string[]
}

/** What is logged for a client that went before there was a status, as nginx does. */
const CLIENT_GONE_STATUS = 499
const CR = 0x0d

/** Every field, in the order of the JSON format. */
export const LOG_FIELDS: readonly LogField[] = [
  word(
    'time',
    'When the head of the request came, in UTC: 2026-01-31T12:00:00.123Z',
    (one, names) => names.clock.iso(one.startMs),
  ),
  text('client', "The client's IP address", ({ client }) => client),
  text('listener', 'Name of the listener', (one, names) => names.listeners[one.listener] ?? ''),
  text('route', 'Name of the route', ({ listener, route, upstream }, names) => {
    const routes = names.routes[listener]
    // Where there is one route without conditions, nobody has chosen it.
    const isOnly = route < 0 && upstream >= 0 && routes?.length === 1
    return (isOnly ? routes[0] : routes?.[route]) ?? ''
  }),
  value('method', 'Method of the request', (out, { headText }) => {
    out.value(headText, 0, Math.max(0, headText.indexOf(' ')))
  }),
  value('target', 'Path and query as the client sent them', (out, { headText }) => {
    const from = headText.indexOf(' ') + 1
    out.value(headText, from, Math.max(from, headText.indexOf(' ', from)))
  }),
  value('protocol', 'HTTP/1.1 or HTTP/1.0', (out, { headText }) => {
    const end = requestLineEnd(headText)
    out.value(headText, headText.lastIndexOf(' ', end) + 1, end)
  }),
  header('host', 'The Host field', 'host'),
  value('status', 'Status of the response; 499 when the client went before it', (out, one) =>
    out.integer(one.status || CLIENT_GONE_STATUS),
  ),
  value('bytes', 'Bytes of the response body', (out, one) => out.integer(one.responseBytes)),
  value('request_bytes', 'Bytes of the request body', (out, one) => out.integer(one.requestBytes)),
  value('duration_ms', 'From the head of the request to the end of the response', (out, one) =>
    out.milliseconds(one.endMs - one.startMs),
  ),
  value('header_ms', 'From the head of the request to the head of the response', (out, one) => {
    if (one.responseMs > 0) out.milliseconds(one.responseMs - one.startMs)
    else out.nothing()
  }),
  value(
    'connect_ms',
    'To connect to the endpoint; none where a connection was there',
    (out, one) => {
      if (one.connectMs >= 0) out.milliseconds(one.connectMs)
      else out.nothing()
    },
  ),
  text('upstream', 'Name of the upstream', (one, names) => names.upstreams[one.upstream] ?? ''),
  text('endpoint', 'Address of the endpoint that was asked last', ({ target }) => target),
  value('attempts', 'How often an endpoint was chosen', (out, one) => out.integer(one.attempts)),
  text('id', 'Id of the request', ({ id }) => id),
  text(
    'traceparent',
    'The traceparent field as endpoints get it',
    ({ span, headText }) => span?.traceParent ?? fieldOfText(headText, 'traceparent') ?? '',
  ),
  header('user_agent', 'The User-Agent field', 'user-agent'),
  header('referer', 'The Referer field', 'referer'),
  word(
    'end',
    'ok, or why there was no response of an upstream or not all of one',
    ({ error, refusal }) => error || refusal || 'ok',
  ),
]

/** Fields that templates have besides, because JSON has the same in another form. */
export const TEMPLATE_FIELDS: readonly LogField[] = [
  word('time_local', 'When the head came: 31/Jan/2026:13:00:00 +0100', (one, names) =>
    names.clock.common(one.startMs),
  ),
  value('request', 'Method, target and protocol: the first line of the head', (out, { headText }) =>
    out.value(headText, 0, requestLineEnd(headText)),
  ),
]

function requestLineEnd(headText: string): number {
  const end = headText.indexOf('\n')
  return headText.charCodeAt(end - 1) === CR ? end - 1 : end
}

type Read = (request: RequestInfo, names: LogNames) => string

function value(name: string, doc: string, write: LogField['write']): LogField {
  return { name, doc, isWord: false, write }
}

function text(name: string, doc: string, read: Read): LogField {
  return value(name, doc, (out, request, names) => out.value(read(request, names)))
}

function header(name: string, doc: string, field: string): LogField {
  return text(name, doc, ({ headText }) => fieldOfText(headText, field) ?? '')
}

function word(name: string, doc: string, read: Read): LogField {
  const write: LogField['write'] = (out, request, names) => out.plain(read(request, names))
  return { name, doc, isWord: true, write }
}
