import type { Attributes } from '@opentelemetry/api'
import {
  ATTR_CLIENT_ADDRESS,
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_QUERY,
  ATTR_URL_SCHEME,
  ATTR_USER_AGENT_ORIGINAL,
  HTTP_REQUEST_METHOD_VALUE_OTHER,
} from '@opentelemetry/semantic-conventions'
import type { SpanRecord } from '../../observability/tracing/span-record.ts'

/** Methods that the conventions know; others are told beside `_OTHER`. */
const METHODS = new Set('GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY'.split(' '))
/** Signatures of object stores, which the conventions leave out of queries. */
const SECRETS = /(^|&)(AWSAccessKeyId|Signature|sig|X-Goog-Signature)=[^&]*/g
const FIRST_SERVER_ERROR = 500

/** The method of a request, if it is one of a few. */
export function methodOf({ method }: SpanRecord): string {
  return METHODS.has(method) ? method : HTTP_REQUEST_METHOD_VALUE_OTHER
}

/** Why a request counts as failed; undefined if it does not. */
export function errorOf({ end, status }: SpanRecord): string | undefined {
  const isServerError = status >= FIRST_SERVER_ERROR
  if (end === 'ClientGone') return end
  if (!isServerError) return undefined
  return end === 'ok' ? String(status) : end
}

/** What a span tells, by OpenTelemetry's conventions for servers and by names of our own. */
export function attributesOf(record: SpanRecord): Attributes {
  const { method, attempts, end, status } = record
  const { path, query } = partsOf(record.target)
  const { address, port } = hostOf(record.host)
  const isKnown = METHODS.has(method)
  return withoutNothing({
    [ATTR_HTTP_REQUEST_METHOD]: methodOf(record),
    [ATTR_HTTP_REQUEST_METHOD_ORIGINAL]: isKnown ? '' : method,
    [ATTR_URL_SCHEME]: record.scheme,
    [ATTR_URL_PATH]: path,
    [ATTR_URL_QUERY]: query.replace(SECRETS, '$1$2=REDACTED'),
    [ATTR_HTTP_ROUTE]: record.pattern,
    [ATTR_HTTP_RESPONSE_STATUS_CODE]: end === 'ClientGone' ? null : status,
    [ATTR_SERVER_ADDRESS]: address,
    [ATTR_SERVER_PORT]: port,
    [ATTR_CLIENT_ADDRESS]: record.client,
    [ATTR_USER_AGENT_ORIGINAL]: record.user_agent,
    [ATTR_NETWORK_PROTOCOL_VERSION]: record.protocol.slice('HTTP/'.length),
    [ATTR_ERROR_TYPE]: errorOf(record) ?? null,
    [ATTR_HTTP_REQUEST_RESEND_COUNT]: attempts > 1 ? attempts - 1 : null,
    'sluice.listener': record.listener,
    'sluice.route': record.route,
    'sluice.upstream': record.upstream,
    'sluice.endpoint': record.endpoint,
    'sluice.request_id': record.id,
    'sluice.end': end,
    'sluice.header_ms': record.header_ms,
    'sluice.connect_ms': record.connect_ms,
    'sluice.request_bytes': record.request_bytes,
    'sluice.bytes': record.bytes,
  })
}

/** A target in absolute form has its path behind the authority. */
function partsOf(target: string): { path: string; query: string } {
  const local = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, '')
  const at = local.indexOf('?')
  if (at < 0) return { path: local, query: '' }
  return { path: local.slice(0, at), query: local.slice(at + 1) }
}

function hostOf(host: string): { address: string; port: number | null } {
  const [, address = '', port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? []
  return { address, port: port === undefined ? null : Number(port) }
}

function withoutNothing(attributes: Record<string, string | number | null>): Attributes {
  const told = Object.entries(attributes).filter(([, value]) => value !== '' && value !== null)
  return Object.fromEntries(told) as Attributes
}
