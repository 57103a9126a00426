import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'
import { eventually, openFiles } from './support/process-facts.ts'
import { type RawServer, startRawServer } from './support/raw-server.ts'
import { type RunningLb, startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

/*
 * Upstreams that misbehave in every way, and clients of which each knows what its answers must be:
 * whatever happens, an answer belongs to its request, and what fails fails by itself.
 */
const CLIENTS = 60
const REQUESTS = 25

type Random = (limit: number) => number

function bodyFor(id: string): string {
  return `${id};`.repeat(1 + ((id.length * 37 + Number(id.slice(-1)) * 401) % 900))
}

/** Answers requests, more or less; `isTrusted` to give one answer at most to each. */
async function misbehave(
  connection: ByteStream,
  isTrusted: boolean,
  random: Random,
): Promise<void> {
  for (;;) {
    const { startLine } = await connection.message()
    const [method, path = ''] = startLine.split(' ')
    const body = bodyFor(path.slice(1))
    const shown = method === 'HEAD' ? '' : body
    const plain = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${shown}`
    switch (random(16)) {
      case 0:
        return connection.reset()
      case 1:
        return void connection.end()
      case 2:
        return void connection.end(plain)
      case 3:
        return void connection.end(plain.replace('\r\n', '\r\nConnection: close\r\n'))
      case 4:
        connection.write(plain.slice(0, random(plain.length)))
        await turn()
        return connection.reset()
      case 5:
        return void connection.end(plain.slice(0, random(plain.length)))
      case 6:
        // In one piece: what comes later than the next request cannot be told from its answer.
        connection.write(
          isTrusted ? plain : `${plain}HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad`,
        )
        break
      case 7:
        connection.write(`HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n${plain}`)
        break
      case 8:
        connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        if (method === 'HEAD') break
        for (let at = 0; at < body.length; at += 700) {
          const chunk = body.slice(at, at + 700)
          connection.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`)
          await turn()
        }
        connection.write('0\r\n\r\n')
        break
      case 9:
        return void connection.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${shown}`)
      default:
        for (let at = 0; at < plain.length; ) {
          const size = 1 + random(plain.length)
          connection.write(plain.slice(at, at + size))
          at += size
          if (random(2) === 0) await turn()
        }
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** One client after another life; returns how many answers were good. */
async function live(
  context: TestContext,
  port: number,
  name: string,
  random: Random,
): Promise<number> {
  let good = 0
  let client: ByteStream | null = null
  let next = 0
  while (next < REQUESTS) {
    client ??= await connectRaw(context, port)
    const depth = 1 + random(4)
    const asked: { id: string; method: string }[] = []
    let text = ''
    for (let i = 0; i < depth; i++) {
      const id = `${name}-${next++}`
      const method = ['GET', 'GET', 'HEAD', 'POST'][random(4)] ?? 'GET'
      asked.push({ id, method })
      text += `${method} /${id} HTTP/1.1\r\nHost: a\r\n`
      const body = method === 'POST' ? 'y'.repeat(random(3000)) : ''
      text += method === 'POST' ? `Content-Length: ${body.length}\r\n\r\n${body}` : '\r\n'
    }
    client.write(text)
    if (random(12) === 0) {
      client.reset()
      client = null
      continue
    }
    for (const { id, method } of asked) {
      let answer = null
      try {
        do answer = await client.message({ isHead: method === 'HEAD' })
        while (answer.status < 200)
      } catch {
        assert.equal(client.hasHung, false)
        // Aborted in mid-body: all that the balancer can do once an answer has begun.
        client = null
        break
      }
      if (answer.status === 200) {
        if (method !== 'HEAD') assert.equal(answer.body, bodyFor(id))
        good++
      } else assert.ok([502, 503, 504].includes(answer.status), `${answer.status}`)
      if (answer.field('connection') === 'close') {
        client = null
        break
      }
    }
  }
  client?.socket.destroy()
  return good
}

function seeded(seed: number): Random {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0
    return ((state >>> 8) * limit) >>> 24
  }
}

async function run(
  context: TestContext,
  isTrusted: boolean,
  start: (upstreams: RawServer[]) => Promise<RunningLb>,
): Promise<void> {
  let connections = 0
  const serve = (connection: ByteStream): Promise<void> =>
    misbehave(connection, isTrusted, seeded(++connections * 7919))
  const upstreams = [await startRawServer(context, serve), await startRawServer(context, serve)]
  const lb = await start(upstreams)
  const { pid } = lb.sluice.child
  const filesBefore = openFiles(pid)
  const lives = Array.from({ length: CLIENTS }, (_, index) =>
    live(context, lb.port, `c${index}`, seeded(index + 1)),
  )
  const good = (await Promise.all(lives)).reduce((sum, count) => sum + count)
  assert.ok(good > (CLIENTS * REQUESTS) / 4, `${good} good answers`)
  await eventually(
    () => openFiles(pid) <= filesBefore,
    () => `${filesBefore} descriptors before, ${openFiles(pid)} after`,
  )
  assert.doesNotMatch(lb.sluice.stdout, /died/)
  lb.sluice.signal('SIGTERM')
  assert.equal((await lb.sluice.exit()).status, 0)
}

for (const balance of ['round-robin', 'least-connections']) {
  test(`sluice lb, ${balance}: every answer belongs to its request`, (context) =>
    run(context, false, async (upstreams) => {
      const dead = `127.0.0.1:${await findFreePort()}`
      const options = ['--balance', balance, '--idle-timeout', '1s', '--workers', '2']
      return startLb(context, [...upstreams, dead], ...options)
    }))
}

test('a script with shared sessions: every answer belongs to its request', (context) =>
  // Where requests follow each other, an answer too many cannot be told from the next one's.
  run(context, true, ([upstream]) =>
    startScript(
      context,
      `pipy()
        .listen(0, { host: '127.0.0.1' })
        .decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request')
        .mux('upstream', () => '', { maxSessions: 20, pipelining: 4, idleTimeout: 1 })
        .pipeline('upstream').encodeHttpRequest()
        .connect('${upstream?.address}', { idleTimeout: 1 }).decodeHttpResponse()`,
    ),
  ))
