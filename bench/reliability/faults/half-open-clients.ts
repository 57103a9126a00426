import { setTimeout as pause } from 'node:timers/promises'
import { SilentConnection } from '../client/silent-connection.ts'
import { type Fault, Tally } from '../fault.ts'

const CLIENTS = 1000
const HALF_HEAD = 'GET / HTTP/1.1\r\nHost: a\r\nX-Ha'
const HALF_BODY = 'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf'
const LOOK_MS = 100

/** Clients begin a request and vanish without a FIN: for Sluice they are just silent. */
export const halfOpenClients: Fault = {
  name: 'half-open-clients',
  title: 'Half-open clients',
  what: '1,000 clients send half a head or half a body and are silent for ever; each is answered 408 and let go when its time is over.',
  proxy: 'balancer',
  leastSeconds: 75,
  async run(stage, seconds) {
    const tally = new Tally()
    const textOf = (index: number): string => (index % 2 === 0 ? HALF_HEAD : HALF_BODY)
    const clients = await SilentConnection.openMany(stage.port, CLIENTS, textOf)
    const end = performance.now() + seconds * 1000
    while (performance.now() < end && clients.some(({ isClosed }) => !isClosed))
      await pause(LOOK_MS)
    for (const { isClosed, received } of clients) {
      const isRight = isClosed && received.startsWith('HTTP/1.1 408 ')
      const what = `${isClosed ? 'closed' : 'open'} after ${JSON.stringify(received.slice(0, 40))}`
      tally.count(isRight ? '' : what)
    }
    for (const client of clients) client.close()
    return tally.outcome
  },
}
