import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { ByteStream, connectRaw } from './support/byte-stream.ts'
import { type RawServer, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

type Options = Readonly<Record<string, boolean | string>>

/** Fields of a request that came, in alphabetical order, without those of every request. */
interface Case {
  what: string
  options: Options
  sent: string[]
  told: string[]
}

const HERE = ['X-Forwarded-For: 127.0.0.1', 'X-Forwarded-Host: a:80', 'X-Forwarded-Proto: http']
const SPOOFED = ['X-Forwarded-For: 1.1.1.1', 'x-forwarded-host: evil', 'X-FORWARDED-PROTO: https']
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const CASES: Case[] = [
  { what: 'nothing, if nothing is asked for', options: {}, sent: SPOOFED, told: SPOOFED },
  { what: 'the client', options: { xForwarded: true }, sent: ['A: b'], told: ['A: b', ...HERE] },
  {
    what: 'the client behind those who came before it',
    options: { xForwarded: true },
    sent: ['X-Forwarded-For: 1.1.1.1', ...SPOOFED.slice(1), 'X-Forwarded-For:  2.2.2.2 , unknown '],
    told: [
      'X-Forwarded-For: 1.1.1.1',
      'X-Forwarded-For: 2.2.2.2 , unknown, 127.0.0.1',
      ...HERE.slice(1),
    ],
  },
  {
    what: 'an empty list is none',
    options: { xForwarded: true },
    sent: ['X-Forwarded-For:'],
    told: HERE,
  },
  {
    what: 'the client alone, instead of what it says',
    options: { xForwarded: true, received: 'replace' },
    sent: ['X-Forwarded-For: 1.1.1.1', ...SPOOFED],
    told: HERE,
  },
  {
    what: 'what a trusted proxy says, and the proxy',
    options: { xForwarded: true, received: 'trust' },
    sent: SPOOFED,
    told: ['X-Forwarded-For: 1.1.1.1, 127.0.0.1', ...SPOOFED.slice(1)],
  },
  {
    what: 'what a trusted proxy does not say',
    options: { xForwarded: true, received: 'trust' },
    sent: SPOOFED.slice(2),
    told: [...HERE.slice(0, 2), ...SPOOFED.slice(2)],
  },
  {
    what: 'nothing that a trusted proxy says in several ways',
    options: { xForwarded: true, received: 'trust' },
    sent: [
      'X-Forwarded-Proto: https',
      'x-forwarded-proto: ftp',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: b',
      'X-Forwarded-Host: b',
    ],
    told: HERE,
  },
  {
    what: 'nothing that looks like what is told',
    options: { xForwarded: true, received: 'trust', requestId: true },
    sent: [
      'X_Forwarded_For: 6.6.6.6',
      'x-forwarded_for: 6.6.6.6',
      'X_Forwarded-Host: evil',
      'X_FORWARDED_PROTO: https',
      'X-Request-Id: a',
      'X_Request_Id: b',
      'X_Forwarded_Port: 1',
    ],
    told: [...HERE, 'X-Request-Id: a', 'X_Forwarded_Port: 1'],
  },
  {
    what: 'what looks like a field that nobody tells',
    options: { forwarded: true },
    sent: ['X_Forwarded_For: 6.6.6.6', 'X_Request_Id: b'],
    told: [
      'Forwarded: for=127.0.0.1;host="a:80";proto=http',
      'X_Forwarded_For: 6.6.6.6',
      'X_Request_Id: b',
    ],
  },
  {
    what: 'no Proxy, whatever is asked for',
    options: {},
    sent: ['Proxy: 6.6.6.6:8080', 'pROXY: a', 'Proxy-Status: b'],
    told: ['Proxy-Status: b'],
  },
  {
    what: 'Forwarded',
    options: { forwarded: true },
    sent: SPOOFED,
    told: ['Forwarded: for=127.0.0.1;host="a:80";proto=http', ...SPOOFED],
  },
  {
    what: 'Forwarded behind what came',
    options: { forwarded: true },
    sent: ['Forwarded: for=1.1.1.1', 'forwarded: for="[::1]";by=x'],
    told: [
      'Forwarded: for="[::1]";by=x, for=127.0.0.1;host="a:80";proto=http',
      'Forwarded: for=1.1.1.1',
    ],
  },
  {
    what: 'Forwarded without lists that would swallow ours',
    options: { forwarded: true },
    sent: [
      'Forwarded: for="x',
      'Forwarded: for="\\"y"',
      'Forwarded: for=a;by="\\',
      'Forwarded: "a", "b\\"',
    ],
    told: ['Forwarded: for="\\"y", for=127.0.0.1;host="a:80";proto=http'],
  },
  {
    what: 'Forwarded alone, where what came does not end',
    options: { forwarded: true, received: 'trust' },
    sent: ['Forwarded: for="x'],
    told: ['Forwarded: for=127.0.0.1;host="a:80";proto=http'],
  },
  {
    what: 'Forwarded instead of what came, and X-Forwarded',
    options: { forwarded: true, xForwarded: true, received: 'replace' },
    sent: ['Forwarded: for=1.1.1.1', ...SPOOFED],
    told: ['Forwarded: for=127.0.0.1;host="a:80";proto=http', ...HERE],
  },
  {
    what: 'a valid id, and a valid trace, as they are',
    options: { requestId: true, traceparent: true },
    sent: ['X-REQUEST-ID: a-b_c.1', `traceparent: ${TRACE}`, 'tracestate: v=1'],
    told: [`traceparent: ${TRACE}`, 'tracestate: v=1', 'X-REQUEST-ID: a-b_c.1'],
  },
]

const LISTEN = "listen(0, { host: '127.0.0.1' })"

/** Who writes the head: native code into the socket, native code into events, or as text. */
const WRITERS: Readonly<Record<string, (to: string, options: string) => string>> = {
  'the socket': (to, options) => `pipy().${LISTEN}
    .decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').mux('upstream')
    .pipeline('upstream').encodeHttpRequest(null, ${options}).connect('${to}').decodeHttpResponse()`,
  'the codec apart from sockets': (to, options) => `pipy().${LISTEN}.link('codecs')
    .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').mux('upstream')
    .pipeline('upstream').encodeHttpRequest(null, ${options}).link('socket').decodeHttpResponse()
    .pipeline('socket').connect('${to}')`,
  'a script that has changed the head': (to, options) => `pipy().${LISTEN}
    .decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').onMessageStart(e => delete e.head.headers['x-none']).mux('upstream')
    .pipeline('upstream').encodeHttpRequest(null, ${options}).connect('${to}').decodeHttpResponse()`,
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a:80\r\n'

/** Fields that reach the upstream, on its next connection. */
async function told(client: ByteStream, upstream: RawServer, sent: string[]): Promise<string[]> {
  write(client, sent)
  return fields(await upstream.connection())
}

function write(client: ByteStream, sent: string[]): void {
  client.write([REQUEST.trimEnd(), ...sent, '', ''].join('\r\n'))
}

async function fields(peer: ByteStream): Promise<string[]> {
  const { lines } = await peer.message()
  return lines.filter((line) => !line.startsWith('Host:')).sort(ignoringCase)
}

function ignoringCase(one: string, other: string): number {
  const [left, right] = [one.toLowerCase(), other.toLowerCase()]
  return left < right ? -1 : left > right ? 1 : 0
}

for (const [writer, script] of Object.entries(WRITERS)) {
  describe(`forwarding fields by ${writer}`, () => {
    for (const { what, options, sent, told: expected } of CASES) {
      test(what, async (context) => {
        const upstream = await startRawServer(context)
        const text = script(upstream.address, JSON.stringify(options))
        const { port } = await startScript(context, text)
        const client = await connectRaw(context, port)
        assert.deepEqual(await told(client, upstream, sent), [...expected].sort(ignoringCase))
      })
    }

    test('ids that are invalid or absent are made, each request its own', async (context) => {
      const upstream = await startRawServer(context)
      const text = script(upstream.address, '{ requestId: true, traceparent: true }')
      const { port } = await startScript(context, text)
      const seen = new Set<string>()
      const client = await connectRaw(context, port)
      let peer: ByteStream | null = null
      for (const sent of [
        [],
        ['X-Request-Id: a b', `traceparent: ${TRACE.toUpperCase()}`, 'tracestate: v=1'],
        [`X-Request-Id: ${'a'.repeat(129)}`, `traceparent: ${TRACE}-more`],
        [
          'X-Request-Id: valid',
          `traceparent: ${TRACE}`,
          'x-request-id: EVIL EVIL!!',
          `Traceparent: ${TRACE}`,
        ],
      ]) {
        write(client, sent)
        peer ??= await upstream.connection()
        const [trace = '', id = '', ...more] = await fields(peer)
        peer.write(response('ok'))
        await client.message()
        assert.match(trace, /^traceparent: 00-(?!0+-)[0-9a-f]{32}-(?!0+-)[0-9a-f]{16}-00$/)
        assert.match(id, /^X-Request-Id: [0-9a-f-]{36}$/)
        assert.deepEqual(more, [])
        seen.add(id).add(trace)
      }
      assert.equal(seen.size, 8)
    })
  })
}

test('a request that is sent again tells of its client once, with the same id', async (context) => {
  const upstream = await startRawServer(context)
  const options = ['--x-forwarded', 'add', '--request-id']
  const { port } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  client.write(`${REQUEST}\r\n`)
  const first = await upstream.connection()
  await first.message()
  first.write(response('one'))
  await client.message()
  client.write(`${REQUEST}X-Forwarded-For: 1.1.1.1\r\n\r\n`)
  const before = await first.message()
  first.reset()
  const again = await (await upstream.connection()).message()
  assert.deepEqual(again.all('x-forwarded-for'), ['1.1.1.1, 127.0.0.1'])
  assert.deepEqual(again.lines.toSorted(), before.lines.toSorted())
})

test('lb tells of its clients unless it is told otherwise', async (context) => {
  const upstream = await startRawServer(context)
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', upstream.address, '--workers', '1']
  for (const [options, expected] of [
    [[], HERE],
    [['--x-forwarded', 'off'], []],
    [
      ['--forwarded', '--x-forwarded=replace'],
      ['Forwarded: for=127.0.0.1;host="a:80";proto=http', ...HERE],
    ],
  ] as const) {
    const sluice = startSluice(context, [...args, ...options])
    const [port = 0] = await sluice.ports()
    assert.deepEqual(await told(await connectRaw(context, port), upstream, []), [...expected])
  }
})

test('an IPv6 client is in brackets where RFC 7239 wants them', async (context) => {
  const upstream = await startRawServer(context)
  const args = ['lb', '--listen', '[::1]:0', '--to', upstream.address, '-w', '1', '--forwarded']
  const sluice = startSluice(context, args)
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, { host: '::1', port })
  const lines = await told(client, upstream, [])
  assert.equal(lines[0], 'Forwarded: for="[::1]";host="a:80";proto=http')
  assert.equal(lines[1], 'X-Forwarded-For: ::1')
})

test('an IPv4 client of a listener for both is one of IPv4', async (context) => {
  const upstream = await startRawServer(context)
  const args = ['lb', '--listen', '[::]:0', '--to', upstream.address, '-w', '1']
  const sluice = startSluice(context, args)
  const [port = 0] = await sluice.ports()
  assert.deepEqual(await told(await connectRaw(context, port), upstream, []), HERE)
})

test('a client on a Unix socket has no address', async (context) => {
  const upstream = await startRawServer(context)
  const path = join(temporaryFolder(context), 'lb.sock')
  const args = ['lb', '--listen', `unix:${path}`, '--to', upstream.address, '--forwarded']
  const sluice = startSluice(context, [...args, '-w', '1'])
  await sluice.line(/Listening on unix:/)
  const client = await connectRaw(context, { path })
  assert.deepEqual(await told(client, upstream, ['X-Forwarded-For: 1.1.1.1']), [
    'Forwarded: for=unknown;host="a:80";proto=http',
    'X-Forwarded-For: 1.1.1.1',
    ...HERE.slice(1),
  ])
})

test('a client that came by TLS has said https', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1', tls: {
        cert: os.readFile('${process.cwd()}/examples/tls/localhost.crt').toString(),
        key: os.readFile('${process.cwd()}/examples/tls/localhost.key').toString(),
      } }).decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream')
      .encodeHttpRequest(null, { xForwarded: true }).connect('${upstream.address}').decodeHttpResponse()`,
  )
  const tls = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  context.after(() => tls.destroy())
  await once(tls, 'secureConnect')
  assert.deepEqual(await told(new ByteStream(tls), upstream, []), [
    ...HERE.slice(0, 2),
    'X-Forwarded-Proto: https',
  ])
})

test('many clients, each with its own address', async (context: TestContext) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--x-forwarded', 'add')
  for (let i = 2; i < 12; i++) {
    const localAddress = `127.0.0.${i}`
    const client = await connectRaw(context, { port, host: '127.0.0.1', localAddress })
    const [line] = await told(client, upstream, [])
    assert.equal(line, `X-Forwarded-For: ${localAddress}`)
    client.socket.destroy()
  }
})
