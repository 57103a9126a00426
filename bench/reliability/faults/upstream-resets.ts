import type { Fault } from '../fault.ts'
import { askFaultyUpstream, failsWith } from './upstream-misbehaves.ts'

/** The upstream resets its connections: at once, at the request, or in mid-response. */
export const upstreamResets: Fault = {
  name: 'upstream-resets',
  title: 'RST storm from the upstream',
  what: 'The upstream resets every connection (SO_LINGER 0): when it is accepted, at the request or in mid-response; the client gets 502, or is cut off.',
  proxy: 'router',
  upstream: 'reset',
  run: (stage, seconds) =>
    askFaultyUpstream(stage, seconds, {
      request: 'GET /fault HTTP/1.1\r\nHost: a\r\n\r\n',
      clients: 50,
      judge: failsWith(502, 503),
    }),
}
