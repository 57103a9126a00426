import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'
import type { HttpMessage } from './support/http-message.ts'
import { type RawServer, startRawServer } from './support/raw-server.ts'
import { startScript } from './support/start-script.ts'

/*
 * The same traffic through two scripts that mean the same. In the first the codecs stand next to
 * the sockets, so that native framers do their work; in the second `link` stands in between, so
 * that bytes come to the codecs as events.
 */
const FUSED = (to: string): string => `pipy()
  .listen(0, { host: '127.0.0.1' })
  .decodeHttpRequest().demux('request').encodeHttpResponse()
  .pipeline('request').mux('upstream')
  .pipeline('upstream').encodeHttpRequest().connect('${to}').decodeHttpResponse()`
const DIRECT = (to: string): string => `pipy()
  .listen(0, { host: '127.0.0.1' }).link('codecs')
  .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
  .pipeline('request').mux('upstream')
  .pipeline('upstream').encodeHttpRequest().link('socket').decodeHttpResponse()
  .pipeline('socket').connect('${to}')`

const SEEDS = Array.from({ length: 150 }, (_, index) => index + 1)

test('both paths give the same messages for random cuts of the same bytes', async (context) => {
  const fused = await startRig(context, FUSED)
  const direct = await startRig(context, DIRECT)
  for (const seed of SEEDS) {
    const [one, other] = await Promise.all([fused.run(seed), direct.run(seed)])
    assert.deepEqual(other, one, `seed ${seed}`)
    assert.ok(one.requests.length > 0)
  }
})

interface Rig {
  run(seed: number): Promise<{ requests: unknown[]; answers: unknown[]; ending: string }>
}

async function startRig(context: TestContext, script: (to: string) => string): Promise<Rig> {
  const requests = new Map<number, unknown[]>()
  const upstream: RawServer = await startRawServer(context, async (connection) => {
    for (;;) {
      const message = await connection.message()
      const [method = '', path = ''] = message.startLine.split(' ')
      const [, seed = '', index = ''] = path.split('/')
      requests.get(Number(seed))?.push(facts(message))
      const random = seeded(Number(seed) * 1000 + Number(index))
      await writeCut(connection, makeResponse(random, method === 'HEAD'), random)
    }
  })
  const { port } = await startScript(context, script(upstream.address))
  return {
    run: async (seed) => {
      const random = seeded(seed)
      const { text, methods, isBad } = makeRequests(random, seed)
      requests.set(seed, [])
      const client = await connectRaw(context, port)
      const answers: unknown[] = []
      const sent = writeCut(client, text, random)
      for (let i = 0; i < methods.length; ) {
        const message = await client.message({ isHead: methods[i] === 'HEAD' })
        answers.push(facts(message))
        if (message.status >= 200) i++
      }
      await sent
      if (isBad) await client.over()
      const ending = client.ending
      client.socket.destroy()
      return { requests: requests.get(seed) ?? [], answers, ending }
    },
  }
}

/** What must be the same: everything but where chunks and packets begin. */
function facts({ startLine, lines, body, isChunked, trailers }: HttpMessage): unknown {
  // A second may end between the two.
  const timeless = lines.map((line) => line.replace(/^date: .*/, 'date: now'))
  return { startLine, lines: timeless, body, isChunked, trailers }
}

function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    // mulberry32
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), 1 | state)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) % limit
  }
}

type Random = ReturnType<typeof seeded>

/** Sends a text in pieces of random size, each likely to be read by itself. */
async function writeCut(to: ByteStream, text: string, random: Random): Promise<void> {
  for (let at = 0; at < text.length; ) {
    const size = 1 + random(random(3) === 0 ? 20 : 4000)
    to.write(text.slice(at, at + size))
    at += size
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function makeRequests(
  random: Random,
  seed: number,
): { text: string; methods: string[]; isBad: boolean } {
  const methods: string[] = []
  let text = ''
  const count = 1 + random(6)
  for (let i = 0; i < count; i++) {
    const method = ['GET', 'HEAD', 'POST', 'PUT'][random(4)] ?? 'GET'
    methods.push(method)
    const head = [
      `${method} /${seed}/${i}/${'p'.repeat(random(200))} HTTP/1.1`,
      'hOsT:  somewhere ',
      ...makeFields(random),
    ]
    const hasBody = method === 'POST' || method === 'PUT'
    text += hasBody ? withBody(head, random) : `${head.join('\r\n')}\r\n\r\n`
  }
  const isBad = random(4) === 0
  if (isBad) {
    text += ['GET / HTTP/1.1\r\n\r\n', 'RUBBISH\r\n\r\n', 'GET / HTTP/3.0\r\n\r\n'][random(3)]
    methods.push('')
  }
  return { text, methods, isBad }
}

function makeResponse(random: Random, isHead: boolean): string {
  let interim = ''
  for (let i = random(3); i > 1; i--) interim += 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
  const fields = makeFields(random)
  switch (random(6)) {
    case 0:
      return `${interim}${['HTTP/1.1 204 None', ...fields].join('\r\n')}\r\n\r\n`
    case 1:
      return `${interim}${['HTTP/1.1 304 Same', ...fields, 'ETag: "a"'].join('\r\n')}\r\n\r\n`
    default: {
      const status = [200, 201, 299, 400, 503][random(5)]
      const whole = withBody([`HTTP/1.1 ${status} Some Reason`, ...fields], random)
      return interim + (isHead ? whole.slice(0, whole.indexOf('\r\n\r\n') + 4) : whole)
    }
  }
}

function makeFields(random: Random): string[] {
  const names = ['X-One', 'x-one', 'X-TWO', 'Set-Cookie', 'Cookie', 'Accept', 'Keep-Alive', 'TE']
  return Array.from({ length: random(8) }, () => {
    const name = names[random(names.length)] ?? ''
    return `${name}:${' '.repeat(random(3))}${'v'.repeat(random(60))}${' '.repeat(random(2))}`
  })
}

function withBody(head: string[], random: Random): string {
  const body = 'abcdefghij'.repeat(random(3) === 0 ? random(8000) : random(20))
  if (random(2) === 0) return [...head, `Content-Length: ${body.length}`, '', body].join('\r\n')
  let text = [...head, 'Transfer-Encoding: chunked', '', ''].join('\r\n')
  for (let at = 0; at < body.length; ) {
    const chunk = body.slice(at, at + 1 + random(9000))
    text += `${chunk.length.toString(16)}${random(3) === 0 ? ';a=b' : ''}\r\n${chunk}\r\n`
    at += chunk.length
  }
  return `${text}0\r\n${random(3) === 0 ? 'X-Sum: 1\r\nx-Other:  2 \r\n' : ''}\r\n`
}
