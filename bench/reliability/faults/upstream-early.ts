import type { Fault } from '../fault.ts'
import { askFaultyUpstream } from './upstream-misbehaves.ts'

const BODY_BYTES = 1_000_000
const HEAD = `POST /fault HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`

/** The upstream answers at the first bytes of an upload, and half of the time closes then. */
export const upstreamEarly: Fault = {
  name: 'upstream-early',
  title: 'Upstream that answers before the request ends',
  what: 'The upstream answers the first bytes of a 1 MB upload, and every other time closes its connection then; the client gets the whole answer.',
  proxy: 'router',
  upstream: 'early',
  run: (stage, seconds) =>
    askFaultyUpstream(stage, seconds, {
      request: `${HEAD}${'x'.repeat(BODY_BYTES)}`,
      clients: 20,
      judge: ({ status, isComplete, ending }) =>
        status === 200 && isComplete ? '' : `${ending} with status ${status}`,
    }),
}
