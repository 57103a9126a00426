import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type Fault, Tally } from '../fault.ts'

const CLIENTS = 64
/** Beyond about a thousand resets per second it would be a contest for two processors. */
const PAUSE_MS = 50

/** What is sent before the reset. */
const BEGINNINGS = [
  '',
  'GET / HTTP/1.1\r\nHos',
  'GET / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /1m HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nhalf',
] as const

/** Clients reset their connections, wherever they are in a request. */
export const clientResets: Fault = {
  name: 'client-resets',
  title: 'RST storm from clients',
  what: '64 clients connect, send nothing, a piece of a request or a whole one, and reset (SO_LINGER 0), about a thousand times per second.',
  proxy: 'balancer',
  async run(stage, seconds) {
    const tally = new Tally()
    const end = performance.now() + seconds * 1000
    const storm = async (index: number): Promise<void> => {
      for (let turn = index; performance.now() < end; turn++) {
        tally.count(await resetOne(stage.port, BEGINNINGS[turn % BEGINNINGS.length] ?? ''))
        await pause(PAUSE_MS)
      }
    }
    await Promise.all(Array.from({ length: CLIENTS }, (_, index) => storm(index)))
    return tally.outcome
  },
}

async function resetOne(port: number, beginning: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1' })
  try {
    await once(socket, 'connect')
    socket.on('error', () => {})
    if (beginning !== '') await new Promise((resolve) => socket.write(beginning, resolve))
    socket.resetAndDestroy()
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
