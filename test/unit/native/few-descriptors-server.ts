/** An echo server for the test of descriptor exhaustion; prints its port, and at the end a count. */
import { localAddress, openListener } from '../../../src/native/addon.ts'
import { CMD_CLOSE, CMD_SEND, EV_DATA, EV_END, EVENT_STRIDE } from '../../../src/native/protocol.ts'
import { createReactor } from '../../../src/native/reactor.ts'

const reactor = createReactor()
const listener = openListener({ host: '127.0.0.1' })
reactor.addListener(listener)
reactor.onBatch = (count) => {
  const { events } = reactor
  for (let at = 0; at < count * EVENT_STRIDE; at += EVENT_STRIDE) {
    const connection = Number(events[at + 1])
    if (events[at] === EV_END) reactor.command1(CMD_CLOSE, connection)
    if (events[at] !== EV_DATA) continue
    reactor.command3(CMD_SEND, connection, Number(events[at + 2]), Number(events[at + 3]))
  }
}
process.stdout.write(`${localAddress(listener).port}\n`)
process.stdin.on('end', () => {
  process.stdout.write(`${reactor.stats().acceptErrors}\n`)
  process.exit()
})
process.stdin.resume()
