/** A worker of the tests of hand-over: it frames requests and answers none, until it is ended. */
import { parentPort, workerData } from 'node:worker_threads'
import { openListener } from '../../../src/native/addon.ts'
import {
  CMD_FRAMER,
  EV_ACCEPT,
  EVENT_STRIDE,
  FRAMER_HTTP_REQUEST,
} from '../../../src/native/protocol.ts'
import { createReactor } from '../../../src/native/reactor.ts'

/** `takes` instead of `fd`: it takes over a connection of this row, and accepts none. */
const { fd, row, takes } = workerData as { fd?: number; row?: number; takes?: number }
const reactor = createReactor()
reactor.onBatch = (count) => {
  const { events } = reactor
  for (let at = 0; at < count * EVENT_STRIDE; at += EVENT_STRIDE) {
    if (events[at] === EV_ACCEPT) frame(Number(events[at + 1]))
    parentPort?.postMessage(events[at])
  }
}
// A listener of a test's own belongs to it; this one ends with the process.
const listener = reactor.addListener(fd ?? openListener({ host: '127.0.0.1' }), row ?? takes)
if (takes !== undefined) {
  frame(reactor.takeOver(takes, listener)?.connection ?? -1)
  reactor.flush()
}
parentPort?.postMessage('ready')

function frame(connection: number): void {
  reactor.command2(CMD_FRAMER, connection, FRAMER_HTTP_REQUEST)
}
