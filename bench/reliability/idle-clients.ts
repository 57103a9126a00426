/**
 * Clients that connect and stay: `idle-clients.js <port> <count>`. Half of them make a request first.
 * Says `open` when all are connected, and in the end, at SIGTERM, how many still are. A process of its
 * own, because opening so many takes a processor from whoever does it.
 */
import { SilentConnection } from './client/silent-connection.ts'
import { Tally } from './fault.ts'

const [port = '', count = ''] = process.argv.slice(2)
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

const textOf = (index: number): string => (index % 2 === 0 ? '' : REQUEST)
const clients = await SilentConnection.openMany(Number(port), Number(count), textOf)

process.once('SIGTERM', () => {
  const tally = new Tally()
  for (const { isClosed, received } of clients) {
    const isRight = !isClosed && (received === '' || received.startsWith('HTTP/1.1 200 '))
    tally.count(isRight ? '' : `closed after ${JSON.stringify(received.slice(0, 40))}`)
  }
  process.stdout.write(`${JSON.stringify(tally.outcome)}\n`, () => process.exit())
})
console.log('open')
