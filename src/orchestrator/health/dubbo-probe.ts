import { openConnection, type Probe } from './probe.ts'

/** Asks: request, two-way, event, Hessian2 as serialization; the body is the `null` of Hessian. */
const HEARTBEAT = Buffer.from('dabbe2000000000000000001000000014e', 'hex')
const HEADER_BYTES = 16
const MAGIC = 0xdabb
const EVENT = 0x20
const REQUEST = 0x80
const OK = 20

/** An endpoint is well if it answers a heartbeat of Dubbo. */
export const probeDubbo: Probe = async (target, signal) => {
  const socket = await openConnection(target, signal)
  try {
    socket.write(HEARTBEAT)
    let received = Buffer.alloc(0)
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk])
      if (received.length >= HEADER_BYTES) break
    }
    if (received.length < HEADER_BYTES) throw new Error('closed without an answer')
    checkAnswer(received)
  } finally {
    socket.destroy()
  }
}

function checkAnswer(head: Buffer): void {
  const flags = head.readUInt8(2)
  const isAnswer = (flags & EVENT) !== 0 && (flags & REQUEST) === 0
  if (head.readUInt16BE(0) !== MAGIC || !isAnswer) throw new Error('no answer to a heartbeat')
  const status = head.readUInt8(3)
  if (status !== OK) throw new Error(`status ${status}`)
}
