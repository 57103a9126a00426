import type { Fault } from '../fault.ts'
import { askFaultyUpstream, failsWith } from './upstream-misbehaves.ts'

/** The upstream answers with bytes that are no HTTP response, in twelve ways. */
export const upstreamGarbage: Fault = {
  name: 'upstream-garbage',
  title: 'Upstream that sends garbage',
  what: 'The upstream answers with twelve kinds of malformed responses; the client gets 502, or is cut off if the answer had begun.',
  proxy: 'router',
  upstream: 'garbage',
  run: (stage, seconds) =>
    askFaultyUpstream(stage, seconds, {
      request: 'GET /fault HTTP/1.1\r\nHost: a\r\n\r\n',
      clients: 20,
      judge: failsWith(502),
    }),
}
