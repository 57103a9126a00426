import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLatin1 } from '../../../src/native/latin1.ts'
import {
  CMD_EXPECT,
  CMD_FRAMER,
  CMD_SEND,
  CMD_SEND_CHUNK,
  CMD_SEND_HEAD,
  CMD_SEND_LAST,
  ERR_IN_HEAD,
  EV_ACCEPT,
  EV_BAD,
  EV_CONNECT,
  EV_DATA,
  EV_END,
  EV_HEAD,
  EV_MSG_END,
  EVENT_STRIDE,
  FRAMER_HTTP_REQUEST,
  FRAMER_HTTP_RESPONSE,
  HEAD_CHUNKED,
  HEAD_HAS_LENGTH,
  WRITE_CHUNKED,
  WRITE_LENGTH,
} from '../../../src/native/protocol.ts'
import { connectClient, type Recorded, recordAt, TestEngine } from './test-engine.ts'

const REQUESTS =
  'POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello' +
  'GET /b HTTP/1.1\r\nHost: h\r\nX-Long: ' +
  'v'.repeat(300) +
  '\r\n\r\n' +
  'PUT /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n' +
  '4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\nX-Trailer: t\r\n\r\n' +
  'GET /d HTTP/1.1\r\nHost: h\r\n\r\n'

/** What the records say, with body pieces joined: how bytes were cut must not matter. */
function summary(events: readonly Recorded[]): string[] {
  const lines: string[] = []
  let body = ''
  for (const { kind, text, fields } of events) {
    if (kind === EV_DATA) {
      body += text
      continue
    }
    if (body !== '') lines.push(`body ${body}`)
    body = ''
    if (kind === EV_HEAD) {
      const target = text.slice(Number(fields[7]), Number(fields[7]) + Number(fields[8]))
      lines.push(`head ${target} flags ${fields[5]} length ${fields[9]} ${text}`)
    } else if (kind === EV_MSG_END) lines.push(`end ${text}`)
    else if (kind === EV_BAD) lines.push(`bad ${fields[2]} ${fields[3]}`)
  }
  return lines
}

/** A small generator of repeatable pseudo-random numbers. */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state % limit
  }
}

function cut(text: string, random: (limit: number) => number): string[] {
  const pieces: string[] = []
  for (let at = 0; at < text.length; ) {
    const size = 1 + random(random(4) === 0 ? 3 : 120)
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

function feedDirect(engine: TestEngine, kind: number, pieces: readonly string[]): string[] {
  const { reactor } = engine
  const framer = reactor.framerCreate(kind, true)
  const events: Recorded[] = []
  for (const piece of pieces) {
    const count = reactor.framerFeed(framer, engine.place(piece), piece.length)
    for (let i = 0; i < count; i++) events.push(recordAt(reactor, reactor.tape, i * EVENT_STRIDE))
  }
  reactor.framerFree(framer)
  return summary(events)
}

async function feedSocket(engine: TestEngine, pieces: readonly string[]): Promise<string[]> {
  const events: Recorded[] = []
  engine.onEvent = (event) => {
    if (event.kind === EV_ACCEPT) {
      engine.reactor.command2(CMD_FRAMER, event.connection, FRAMER_HTTP_REQUEST)
    } else events.push(event)
  }
  const client = await connectClient({ port: engine.port })
  client.setNoDelay(true)
  const { connection } = await engine.take(EV_ACCEPT)
  for (const piece of pieces) {
    client.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  client.end()
  await engine.take(EV_END, connection)
  engine.reactor.abort(connection)
  engine.reactor.flush()
  return summary(events)
}

test('a framed connection gives heads, bodies and ends', async () => {
  const engine = new TestEngine()
  const lines = await feedSocket(engine, [REQUESTS])
  assert.deepEqual(
    lines.map((line) => line.split(' ').slice(0, 2).join(' ')),
    [
      'head /a',
      'body hello',
      'end ',
      'head /b',
      'end ',
      'head /c',
      'body wikipedia',
      'end X-Trailer:',
      'head /d',
      'end ',
    ],
  )
  engine.close()
})

test('the direct codec and the fused one give the same for random cuts', async () => {
  const engine = new TestEngine()
  const whole = feedDirect(engine, FRAMER_HTTP_REQUEST, [REQUESTS])
  for (let seed = 1; seed <= 30; seed++) {
    const pieces = cut(REQUESTS, makeRandom(seed))
    assert.deepEqual(feedDirect(engine, FRAMER_HTTP_REQUEST, pieces), whole, `direct, seed ${seed}`)
    if (seed % 3 === 0) assert.deepEqual(await feedSocket(engine, pieces), whole, `seed ${seed}`)
  }
  engine.close()
})

test('one piece with more messages than the tape or the ring holds', async () => {
  const engine = new TestEngine({ tapeCapacity: 64, eventCapacity: 128 })
  const text = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'.repeat(1000)
  const direct = feedDirect(engine, FRAMER_HTTP_REQUEST, [text])
  assert.equal(direct.length, 2000)
  assert.deepEqual(await feedSocket(engine, [text]), direct)
  engine.close()
})

test('bytes that are not HTTP give BAD, once', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  engine.reactor.command2(CMD_FRAMER, connection, FRAMER_HTTP_REQUEST)
  engine.reactor.flush()
  client.write('NOT HTTP\r\n\r\n')
  assert.equal((await engine.take(EV_BAD, connection)).fields[2], 400)
  client.write('more\r\n\r\n')
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(engine.untaken(EV_BAD).length, 0)
  engine.close()
})

test('a message cut short by the end of the stream is to be answered 400', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  engine.reactor.command2(CMD_FRAMER, connection, FRAMER_HTTP_REQUEST)
  engine.reactor.flush()
  client.end('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf')
  assert.equal((await engine.take(EV_BAD, connection)).fields[2], 400)
  const framer = engine.reactor.framerCreate(FRAMER_HTTP_REQUEST, false)
  const text = 'POST / HTTP/1.1\r\nHos'
  assert.equal(engine.reactor.framerFeed(framer, engine.place(text), text.length), 0)
  assert.equal(engine.reactor.framerFinish(framer), -ERR_IN_HEAD)
  engine.close()
})

/** A proxy of one request: what the server side receives and what the client gets back. */
test('heads and bodies are forwarded both ways', async () => {
  const server = new TestEngine()
  const engine = new TestEngine()
  let upstream = -1
  let downstream = -1
  engine.onEvent = ({ kind, connection, fields }) => {
    const { reactor } = engine
    const [, , a = 0, b = 0, , flags = 0] = fields
    const to = connection === upstream ? downstream : upstream
    const isChunked = (flags & HEAD_CHUNKED) !== 0
    if (kind === EV_ACCEPT) {
      downstream = connection
      reactor.command2(CMD_FRAMER, downstream, FRAMER_HTTP_REQUEST)
      upstream = reactor.connect('127.0.0.1', server.port, 5000)
      reactor.command2(CMD_FRAMER, upstream, FRAMER_HTTP_RESPONSE)
    } else if (kind === EV_HEAD) {
      const write = isChunked ? WRITE_CHUNKED : (flags & HEAD_HAS_LENGTH) !== 0 ? WRITE_LENGTH : 0
      reactor.command3(CMD_SEND_HEAD, to, a, write)
    } else if (kind === EV_DATA) {
      reactor.command3(connection === upstream ? CMD_SEND_CHUNK : CMD_SEND, to, a, b)
    } else if (kind === EV_MSG_END && connection === upstream) {
      reactor.command3(CMD_SEND_LAST, to, a, b)
    }
  }
  const client = await connectClient({ port: engine.port })
  client.write(
    'POST /path HTTP/1.1\r\nHost: h\r\nConnection: X-Hop\r\nX-Hop: 1\r\nContent-Length: 4\r\n\r\nbody',
  )
  const { connection } = await server.take(EV_ACCEPT)
  const forwarded = 'POST /path HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody'
  assert.equal(await server.collect(connection, forwarded.length), forwarded)
  await engine.take(EV_CONNECT)
  server.send(
    connection,
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n',
  )
  const expected =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n'
  let text = ''
  client.on('data', (data) => {
    text += data.toString('latin1')
  })
  await engine.take(EV_MSG_END, upstream)
  while (text.length < expected.length) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(text, expected)
  server.send(connection, 'HTTP/1.1 200 OK\r\n\r\n')
  assert.equal((await engine.take(EV_BAD, upstream)).fields[2], 502)
  server.close()
  engine.close()
})

test('a response framer knows what was asked for', async () => {
  const server = new TestEngine()
  const engine = new TestEngine()
  const upstream = engine.reactor.connect('127.0.0.1', server.port)
  engine.reactor.command2(CMD_FRAMER, upstream, FRAMER_HTTP_RESPONSE)
  engine.reactor.command2(CMD_EXPECT, upstream, 0)
  engine.reactor.flush()
  const { connection } = await server.take(EV_ACCEPT)
  server.send(connection, 'HTTP/1.1 204 No Content\r\n\r\n')
  assert.equal((await engine.take(EV_HEAD, upstream)).fields[6], 204)
  await engine.take(EV_MSG_END, upstream)
  server.close()
  engine.close()
})

test('writeHead writes what SEND_HEAD would send', async () => {
  const engine = new TestEngine()
  const { reactor } = engine
  const framer = reactor.framerCreate(FRAMER_HTTP_REQUEST, false)
  const text = 'GET /x HTTP/1.1\r\nHost: h\r\nKeep-Alive: 5\r\n\r\n'
  assert.equal(reactor.framerFeed(framer, engine.place(text), text.length), 2)
  const head = Number(reactor.tape[2])
  const out = engine.place(' '.repeat(200))
  const size = reactor.writeHead(head, 0, out, 200)
  assert.equal(readLatin1(reactor.bytes, out, out + size), 'GET /x HTTP/1.1\r\nHost: h\r\n\r\n')
  assert.equal(reactor.writeHead(head, 0, out, 5), -size)
  reactor.flush()
  assert.equal(reactor.writeHead(head, 0, out, 200), 0, 'the batch is over')
  engine.close()
})
