import { setTimeout as pause } from 'node:timers/promises'
import { SilentConnection } from '../client/silent-connection.ts'
import { type Fault, Tally } from '../fault.ts'

const CONNECTIONS = 10_000

/** Ten thousand clients connect and stay; half of them have made a request before. */
export const idleConnections: Fault = {
  name: 'idle-connections',
  title: '10,000 idle connections',
  what: '10,000 clients connect, every other one makes a request, and then all are idle; all stay connected.',
  proxy: 'balancer',
  async run(stage, seconds) {
    const tally = new Tally()
    const textOf = (index: number): string =>
      index % 2 === 0 ? '' : 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const clients = await SilentConnection.openMany(stage.port, CONNECTIONS, textOf)
    await pause(seconds * 1000)
    for (const { isClosed, received } of clients) {
      const isRight = !isClosed && (received === '' || received.startsWith('HTTP/1.1 200 '))
      tally.count(isRight ? '' : `closed after ${JSON.stringify(received.slice(0, 40))}`)
    }
    for (const client of clients) client.close()
    return tally.outcome
  },
}
