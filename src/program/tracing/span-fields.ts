import type { RequestInfo } from '../../engine/request-info.ts'
import { LOG_FIELDS, type LogField } from '../../filters/access-log/fields.ts'
import type { SpanRecord } from '../../observability/tracing/span-record.ts'
import type { LoadBalancerSpec, RouteSpec } from '../spec.ts'

/** What spans tell as the access log does. */
const COMMON: readonly (keyof SpanRecord)[] = [
  ...(['client', 'listener', 'route', 'method', 'target', 'protocol', 'host', 'status'] as const),
  ...(['bytes', 'request_bytes', 'duration_ms', 'header_ms', 'connect_ms', 'upstream'] as const),
  ...(['endpoint', 'attempts', 'id', 'user_agent', 'end'] as const),
]

/** The fields of `SpanRecord`, for requests of a load balancer. */
export function spanFields({ listen }: LoadBalancerSpec): LogField[] {
  const schemes = listen.map(({ tls }) => (tls === undefined ? 'http' : 'https'))
  const patterns = listen.map(({ service }) =>
    service.protocol === 'http' ? service.routes.map(patternOf) : [],
  )
  return [
    text('trace', ({ span }) => span?.trace ?? ''),
    text('span', ({ span }) => span?.id ?? ''),
    text('parent', ({ span }) => span?.parent ?? ''),
    {
      ...{ name: 'start', doc: '', isWord: false },
      write: (out, { startMs }, { clock }) => out.milliseconds(clock.epoch(startMs)),
    },
    text('scheme', ({ listener }) => schemes[listener] ?? ''),
    text('pattern', ({ listener, route }) => patterns[listener]?.[route] ?? ''),
    ...LOG_FIELDS.filter(({ name }) => COMMON.some((one) => one === name)),
  ]
}

/** What all paths of a route have in common; empty if nothing is known of them. */
function patternOf({ match: { path } }: RouteSpec): string {
  if (path === undefined) return ''
  if ('exact' in path) return path.exact
  return 'regex' in path ? path.regex : `${path.prefix.replace(/\/$/, '')}/*`
}

function text(name: keyof SpanRecord, read: (request: RequestInfo) => string): LogField {
  return { name, doc: '', isWord: false, write: (out, request) => out.value(read(request)) }
}
