import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { skipIfSanitized } from '../support/sanitized.ts'
import { eventually, openFiles, residentBytes } from './support/process-facts.ts'
import { startLb } from './support/start-lb.ts'

const CLIENTS = 2000
const ROUNDS = 3
const BODY = 'x'.repeat(3000)
const ANSWER = `HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** How a client behaves: what it sends, how many answers it waits for, and how it leaves. */
interface Manner {
  requests: string[]
  answers: number
  leave: 'end' | 'reset' | 'expect-close'
}

const MANNERS: readonly Manner[] = [
  { requests: [GET, GET, GET, GET], answers: 4, leave: 'end' },
  { requests: [GET.repeat(5)], answers: 5, leave: 'end' },
  {
    requests: ['GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'],
    answers: 1,
    leave: 'expect-close',
  },
  { requests: ['GET / HTTP/1.0\r\n\r\n'], answers: 1, leave: 'expect-close' },
  {
    requests: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`, GET],
    answers: 2,
    leave: 'end',
  },
  { requests: [GET, GET.repeat(3)], answers: 1, leave: 'reset' },
  {
    requests: [`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n`],
    answers: 0,
    leave: 'reset',
  },
  { requests: [GET.slice(0, 20)], answers: 0, leave: 'reset' },
  { requests: ['RUBBISH\r\n\r\n'], answers: 1, leave: 'expect-close' },
]

/** One client's life; resolves with what went wrong, or ''. */
function live(port: number, manner: Manner): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' })
    let answers = 0
    let next = 0
    let tail = ''
    const send = (): void => {
      const text = manner.requests[next++]
      if (text !== undefined) socket.write(text)
    }
    const leave = (): void => {
      if (manner.leave === 'end') socket.end()
      else if (manner.leave === 'reset') socket.resetAndDestroy()
    }
    socket.once('connect', () => {
      send()
      // Aborted after whatever of it has got through.
      if (manner.answers === 0) setImmediate(leave)
    })
    socket.on('data', (data) => {
      const text = tail + data.toString('latin1')
      const heads = text.split('HTTP/1.1 ').length - 1
      answers += heads
      // Keep what may be the beginning of a status line.
      tail = text.slice(-8)
      if (heads === 0) return
      if (answers < manner.answers) for (let i = 0; i < heads; i++) send()
      else leave()
    })
    socket.on('error', (error) => {
      if (manner.leave !== 'reset') resolve(`${manner.requests[0]?.slice(0, 20)}: ${error}`)
    })
    socket.on('close', () => {
      const isWhole = manner.leave === 'reset' || answers === manner.answers
      resolve(isWhole ? '' : `${manner.requests[0]?.slice(0, 40)}: ${answers} answers`)
    })
  })
}

test('two thousand clients of all manners leave nothing behind', {
  skip: skipIfSanitized,
}, async (context) => {
  const upstreamSockets = new Set<Socket>()
  const server = createServer((socket) => {
    upstreamSockets.add(socket)
    socket.on('close', () => upstreamSockets.delete(socket))
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      // One request at a time comes on a connection; its body may follow its head.
      const text = data.toString('latin1')
      if (/^(GET|POST) /.test(text)) socket.write(ANSWER)
    })
  })
  context.after(() => {
    server.close()
    for (const socket of upstreamSockets) socket.destroy()
  })
  await once(server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }), 'listening')
  const { port: upstream } = server.address() as AddressInfo
  const { sluice, port } = await startLb(
    context,
    [`127.0.0.1:${upstream}`],
    '--workers',
    '2',
    '--idle-timeout',
    '2s',
  )
  const { pid } = sluice.child
  const filesBefore = openFiles(pid)
  const memory: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const lives = Array.from({ length: CLIENTS }, (_, index) =>
      live(port, MANNERS[index % MANNERS.length] as Manner),
    )
    const faults = (await Promise.all(lives)).filter((fault) => fault !== '')
    assert.deepEqual(faults, [])
    memory.push(residentBytes(pid))
  }
  // Pooled upstream connections go by their idle time-out.
  await eventually(
    () => openFiles(pid) <= filesBefore,
    () => `${filesBefore} descriptors before, ${openFiles(pid)} after`,
  )
  await eventually(
    () => upstreamSockets.size === 0,
    () => `${upstreamSockets.size} upstream connections are left`,
  )
  const [first = 0, ...others] = memory
  const grown = Math.max(...others) - first
  assert.ok(grown < 32 << 20, `memory: ${memory.map((bytes) => bytes >> 20)} MB`)

  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
})
