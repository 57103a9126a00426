import type { RequestInfo } from '../../engine/request-info.ts'
import { fieldOfText } from '../../filters/http/find-field.ts'
import type { LogClock } from './log-clock.ts'

/** One thing that a line of the access log can tell about a request. */
export interface LogField {
  readonly name: string
  readonly doc: string
  /** `text` came from a peer or a config and is escaped; the others cannot hurt. */
  readonly kind: 'text' | 'word' | 'number'
  /** The value; empty when there is none. */
  read(request: RequestInfo, names: LogNames): string
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

/** Every field, in the order of the JSON format. */
export const LOG_FIELDS: readonly LogField[] = [
  word(
    'time',
    'When the head of the request came, in UTC: 2026-01-31T12:00:00.123Z',
    (one, names) => names.clock.iso(one.startMs),
  ),
  text('client', "The client's IP address", ({ client }) => client),
  text('listener', 'Name of the listener', (one, names) => names.listeners[one.listener] ?? ''),
  text('route', 'Name of the route', ({ listener, route }, names) => {
    const routes = names.routes[listener]
    return (route < 0 && routes?.length === 1 ? routes[0] : routes?.[route]) ?? ''
  }),
  text('method', 'Method of the request', ({ headText }) => {
    return headText.slice(0, headText.indexOf(' '))
  }),
  text('target', 'Path and query as the client sent them', ({ headText }) => {
    const from = headText.indexOf(' ') + 1
    return headText.slice(from, headText.indexOf(' ', from))
  }),
  text('protocol', 'HTTP/1.1 or HTTP/1.0', ({ headText }) => {
    const end = headText.indexOf('\n')
    const from = headText.lastIndexOf(' ', end) + 1
    return headText.slice(from, headText.charCodeAt(end - 1) === CR ? end - 1 : end)
  }),
  text('host', 'The Host field', ({ headText }) => fieldOfText(headText, 'host') ?? ''),
  number('status', 'Status of the response; 499 when the client went before it', (one) =>
    String(one.status || CLIENT_GONE_STATUS),
  ),
  number('bytes', 'Bytes of the response body', (one) => String(one.responseBytes)),
  number('request_bytes', 'Bytes of the request body', (one) => String(one.requestBytes)),
  number('duration_ms', 'From the head of the request to the end of the response', (one) =>
    milliseconds(one.endMs - one.startMs),
  ),
  number('header_ms', 'From the head of the request to the head of the response', (one) =>
    one.responseMs > 0 ? milliseconds(one.responseMs - one.startMs) : '',
  ),
  text('upstream', 'Name of the upstream', (one, names) => names.upstreams[one.upstream] ?? ''),
  text('endpoint', 'Address of the endpoint that was asked last', ({ target }) => target),
  number('attempts', 'How often an endpoint was chosen', (one) => String(one.attempts)),
  text('id', 'Id of the request', ({ id }) => id),
  text('traceparent', 'The traceparent field', ({ headText }) => {
    return fieldOfText(headText, 'traceparent') ?? ''
  }),
  text('user_agent', 'The User-Agent field', ({ headText }) => {
    return fieldOfText(headText, 'user-agent') ?? ''
  }),
  text('referer', 'The Referer field', ({ headText }) => fieldOfText(headText, 'referer') ?? ''),
  word('end', 'ok, or why there was no response or not all of one', ({ error }) => error || 'ok'),
]

/** Fields that templates have besides, because JSON has the same in another form. */
export const TEMPLATE_FIELDS: readonly LogField[] = [
  word('time_local', 'When the head came: 31/Jan/2026:13:00:00 +0100', (one, names) =>
    names.clock.common(one.startMs),
  ),
]

const CR = 0x0d

function text(name: string, doc: string, read: LogField['read']): LogField {
  return { name, doc, kind: 'text', read }
}

function word(name: string, doc: string, read: LogField['read']): LogField {
  return { name, doc, kind: 'word', read }
}

function number(name: string, doc: string, read: LogField['read']): LogField {
  return { name, doc, kind: 'number', read }
}

/** With three decimals; `toFixed` takes longer than all the rest of a line. */
function milliseconds(ms: number): string {
  const micros = Math.round(ms * 1000)
  const fraction = micros % 1000
  return `${(micros - fraction) / 1000}.${fraction < 100 ? (fraction < 10 ? '00' : '0') : ''}${fraction}`
}
