import type { Fault } from '../fault.ts'
import { askFaultyUpstream } from './upstream-misbehaves.ts'

/** The upstream accepts connections and requests, and never says a word. */
export const upstreamSilent: Fault = {
  name: 'upstream-silent',
  title: 'Upstream that never answers',
  what: 'The upstream accepts and takes requests, and is silent; each of 100 clients gets 504 when the response time-out is over.',
  proxy: 'router',
  upstream: 'silent',
  run: (stage, seconds) =>
    askFaultyUpstream(stage, seconds, {
      request: 'GET /fault HTTP/1.1\r\nHost: a\r\n\r\n',
      clients: 100,
      judge: ({ status, ending }) =>
        status === 504 && ending === 'complete' ? '' : `${ending} with status ${status}`,
    }),
}
