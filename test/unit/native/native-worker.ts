/** A worker of the life-cycle tests: an echo server that ends in the way it is told. */
import { parentPort, workerData } from 'node:worker_threads'
import { localAddress, openListener } from '../../../src/native/addon.ts'
import { CMD_CLOSE, CMD_SEND, EV_DATA, EV_END } from '../../../src/native/protocol.ts'
import { createReactor } from '../../../src/native/reactor.ts'

const ending = workerData as 'terminate' | 'throw' | 'memory' | 'close' | 'survive'
const reactor = createReactor()
const listener = openListener({ host: '127.0.0.1' })
reactor.addListener(listener)
// The descriptor belongs to this test's main thread, which closes it.
parentPort?.postMessage({ fd: listener, port: localAddress(listener).port })

if (ending === 'survive') {
  process.on('uncaughtException', (error) => parentPort?.postMessage({ caught: error.message }))
}

reactor.onBatch = (count) => {
  const { events } = reactor
  for (let at = 0; at < count * 12; at += 12) {
    const connection = Number(events[at + 1])
    if (events[at] === EV_END) reactor.command1(CMD_CLOSE, connection)
    if (events[at] !== EV_DATA) continue
    reactor.command3(CMD_SEND, connection, Number(events[at + 2]), Number(events[at + 3]))
    if (ending === 'throw' || ending === 'survive') throw new Error('thrown in a batch')
    if (ending === 'close') reactor.close()
    if (ending === 'memory') fillMemory()
  }
}

function fillMemory(): void {
  const kept: number[][] = []
  for (;;) kept.push(new Array(1000).fill(kept.length))
}
