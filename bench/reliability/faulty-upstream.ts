/**
 * An upstream that misbehaves in one way: `faulty-upstream.js <port> <behaviour>`. A process of its
 * own, so that it can be killed.
 */
import { createServer, type Socket } from 'node:net'

/** What it does with a connection, the how-manieth it may be. */
type Behaviour = (socket: Socket, index: number) => void

const GARBAGE: readonly (string | Buffer)[] = [
  'this is not HTTP\r\n\r\n',
  Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 167 + 13) % 256)),
  'HTTP/1.1 2000 OK\r\n\r\n',
  'HTTP/9.9 200 OK\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n',
  'HTTP/1.1 200 OK\r\nno colon in this line\r\n\r\n',
  `HTTP/1.1 200 OK\r\nX: ${'y'.repeat(100_000)}\r\n\r\n`,
  'HTTP/1.1 200 OK\r\nX: \0\r\nContent-Length: 0\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
  `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(50)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
]

const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  silent: (socket) => socket.resume(),

  trickle: (socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n')
      const timer = setInterval(() => socket.write('x'.repeat(1000)), 10)
      socket.once('close', () => clearInterval(timer))
    })
  },

  early: (socket, index) => {
    // Every other connection is ended at once: what the client still sends has no reader.
    const isLast = index % 2 === 0
    const close = isLast ? 'Connection: close\r\n' : ''
    onRequest(socket, () => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${close}\r\nearly`)
      if (isLast) socket.end()
    })
  },

  garbage: (socket, index) => {
    socket.once('data', () => socket.end(GARBAGE[index % GARBAGE.length] ?? ''))
  },

  reset: (socket, index) => {
    if (index % 3 === 0) return void socket.resetAndDestroy()
    socket.once('data', () => {
      if (index % 3 === 1) return void socket.resetAndDestroy()
      const head = 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf'
      socket.write(head, () => socket.resetAndDestroy())
    })
  },
}

/** Calls back at the head of every request; bodies have a `Content-Length` and are discarded. */
function onRequest(socket: Socket, answer: () => void): void {
  let head = ''
  let bodyLeft = 0
  socket.on('data', (data) => {
    for (let at = 0; at < data.length; ) {
      const skipped = Math.min(bodyLeft, data.length - at)
      bodyLeft -= skipped
      at += skipped
      if (at === data.length) return
      const known = head.length
      head += data.toString('latin1', at)
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      at += end + 4 - known
      bodyLeft = Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0)
      head = ''
      answer()
    }
  })
}

const [port = '', name = ''] = process.argv.slice(2)
const behave = BEHAVIOURS[name]
if (behave === undefined) {
  console.error(`no behaviour "${name}": expected ${Object.keys(BEHAVIOURS).join(', ')}`)
  process.exit(1)
}
let connections = 0
createServer((socket) => {
  socket.on('error', () => {})
  behave(socket, connections++)
}).listen(Number(port), '127.0.0.1')
