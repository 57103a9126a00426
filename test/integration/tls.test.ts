import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, type TestContext, test } from 'node:test'
import { connect, createServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { skipIfSanitized } from '../support/sanitized.ts'
import { runSluice, startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { ByteStream, connectRaw } from './support/byte-stream.ts'
import { MOST_STUCK } from './support/checked-stream.ts'
import { curl } from './support/curl.ts'
import { eventually, openFiles, residentBytes } from './support/process-facts.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startExample } from './support/start-example.ts'
import type { RunningLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

const FOLDER = mkdtempSync(join(tmpdir(), 'sluice-tls-'))
after(() => rmSync(FOLDER, { recursive: true, force: true }))

const CERT = join(FOLDER, 'cert.pem')
const KEY = join(FOLDER, 'key.pem')
execFileSync(
  'openssl',
  [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', '/CN=here.test', '-addext', 'subjectAltName=DNS:here.test'],
    ...['-keyout', KEY, '-out', CERT],
  ],
  { stdio: 'ignore' },
)

/** What scripts write for the certificate above. */
const TLS = `cert: os.readFile('${CERT}').toString(), key: os.readFile('${KEY}').toString()`
const LISTEN = `listen(0, { host: '127.0.0.1', tls: { ${TLS} } })`
const PLAIN = `listen(0, { host: '127.0.0.1' })`
const HELLO = `decodeHttpRequest().replaceMessage(new Message('Hello!')).encodeHttpResponse()`
const REQUEST = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** A TLS client whose bytes can be waited for. */
async function connectTls(
  context: TestContext,
  port: number,
  options: { ALPNProtocols?: string[] } = {},
): Promise<ByteStream & { tls: TLSSocket; carrier: Socket }> {
  const carrier = (await connectRaw(context, port)).socket
  carrier.removeAllListeners('data')
  const tls = connect({ socket: carrier, rejectUnauthorized: false, ...options })
  context.after(() => tls.destroy())
  await once(tls, 'secureConnect')
  return Object.assign(new ByteStream(tls), { tls, carrier })
}

/** A TLS server of Node's own. */
async function startTlsServer(
  context: TestContext,
  serve: (connection: ByteStream, socket: TLSSocket) => unknown,
  options: TlsOptions = {},
): Promise<number> {
  const sockets: TLSSocket[] = []
  const pem = { cert: readFileSync(CERT), key: readFileSync(KEY) }
  const server = createServer({ ...pem, allowHalfOpen: true, ...options }, (socket) => {
    sockets.push(socket)
    void Promise.resolve(serve(new ByteStream(socket), socket)).catch(() => socket.destroy())
  })
  server.on('tlsClientError', () => {})
  context.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

function tlsProxy(context: TestContext, port: number, tls: string): Promise<RunningLb> {
  return startScript(
    context,
    `pipy().${PLAIN}.connect('127.0.0.1:${port}', { tls: { ${tls} } })`,
    '--log-level=warn',
  )
}

test('the example speaks TLS on both sides', async (context) => {
  const example = await startExample(context, 'tls', [6080, 6443])
  assert.equal((await curl(example.url(6080))).stdout, 'Hello!\n')
  const url = `https://localhost:${example.port(6443)}`
  assert.equal((await curl('-k', url)).stdout, 'Hello!\n')
  assert.equal((await curl('--cacert', 'examples/tls/localhost.crt', url)).stdout, 'Hello!\n')
  assert.notEqual((await curl(url)).status, 0, 'nobody knows the certificate')
})

describe('listen with tls', () => {
  test('serves keep-alive and pipelined requests', async (context) => {
    const { port } = await startScript(context, `pipy().${LISTEN}.${HELLO}`)
    const client = await connectTls(context, port)
    client.write(REQUEST.repeat(50))
    for (let i = 0; i < 50; i++) assert.equal((await client.message()).body, 'Hello!')
    client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.equal((await client.message()).body, 'Hello!')
    assert.equal(await client.rest(), '')
  })

  test('serves openssl s_client', async (context) => {
    const { port } = await startScript(context, `pipy().${LISTEN}.${HELLO}`)
    for (const version of ['-tls1_2', '-tls1_3']) {
      const child = spawn(
        'openssl',
        [
          's_client',
          '-quiet',
          version,
          '-servername',
          'here.test',
          '-connect',
          `127.0.0.1:${port}`,
        ],
        { stdio: ['pipe', 'pipe', 'ignore'] },
      )
      let output = ''
      child.stdout.on('data', (bytes) => {
        output += bytes
      })
      child.stdin.write(REQUEST)
      await eventually(
        () => output.endsWith('Hello!'),
        () => `an answer in ${output}`,
      )
      child.kill()
      await once(child, 'close')
    }
  })

  test('echoes megabytes to a slow reader within bounded memory', {
    skip: skipIfSanitized,
  }, async (context) => {
    const { port, sluice } = await startScript(context, `pipy().${LISTEN}`)
    const client = await connectTls(context, port)
    const size = 48 << 20
    const { pid } = sluice.child
    const before = residentBytes(pid)
    client.tls.pause()
    // In pieces, as fast as they are taken.
    let sent = 0
    const piece = Buffer.alloc(64 << 10, 'x')
    let wasStuck = false
    while (sent < size) {
      sent += piece.length
      if (client.tls.write(piece)) continue
      const isMoving = await Promise.race([
        once(client.tls, 'drain').then(() => true),
        new Promise((resolve) => setTimeout(() => resolve(false), 700)),
      ])
      if (isMoving === true) continue
      // Nobody reads: the whole way is full, and so far only.
      wasStuck = true
      assert.ok(residentBytes(pid) - before < 40 << 20, `${residentBytes(pid) - before} bytes`)
      break
    }
    assert.ok(wasStuck)
    let received = 0
    client.tls.removeAllListeners('data')
    client.tls.on('data', (bytes) => {
      received += bytes.length
    })
    client.tls.resume()
    client.tls.end()
    await eventually(
      () => received === sent,
      () => `${received} of ${sent}`,
    )
  })

  test('a client that has ended its direction still gets its answer', async (context) => {
    const upstream = await startRawServer(context, async (connection) => {
      const text = await connection.rest()
      connection.end(`got ${text}`)
    })
    const { port } = await startScript(context, `pipy().${LISTEN}.connect('${upstream.address}')`)
    const client = await connectTls(context, port)
    client.end('ping')
    assert.equal(await client.rest(), 'got ping')
  })

  test('a plain client is refused, and starts no session', async (context) => {
    const { port, sluice } = await startScript(
      context,
      `pipy().${LISTEN}.onSessionStart(() => console.log('a session')).${HELLO}`,
      '--log-level=debug',
    )
    const client = await connectRaw(context, port)
    client.write(REQUEST)
    assert.notEqual(await client.over(), 'open')
    assert.doesNotMatch(client.untaken, /HTTP/)
    await sluice.line(/\[tls\] no handshake with 127\.0\.0\.1: /)
    assert.doesNotMatch(sluice.stdout, /a session/)
    const other = await connectTls(context, port)
    assert.equal((await other.write(REQUEST).message()).body, 'Hello!')
  })

  test('a client that says nothing is let go in the end', async (context) => {
    const { port } = await startScript(context, `pipy().${LISTEN}.${HELLO}`)
    const client = await connectRaw(context, port)
    const begun = performance.now()
    assert.notEqual(await client.over(), 'open')
    const seconds = (performance.now() - begun) / 1000
    assert.ok(seconds > 8 && seconds < 20, `${seconds} s`)
  })

  test('old versions are refused', async (context) => {
    const { port } = await startScript(context, `pipy().${LISTEN}.${HELLO}`)
    const child = spawn(
      'openssl',
      ['s_client', '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0', '-connect', `127.0.0.1:${port}`],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let text = ''
    child.stderr.on('data', (bytes) => {
      text += bytes
    })
    await once(child, 'close')
    assert.match(text, /protocol version/)
  })

  test('ALPN chooses from the list', async (context) => {
    const { port } = await startScript(
      context,
      `pipy().listen(0, { host: '127.0.0.1', tls: { ${TLS}, alpn: ['http/1.1'] } }).${HELLO}`,
    )
    const client = await connectTls(context, port, { ALPNProtocols: ['h2', 'http/1.1'] })
    assert.equal(client.tls.alpnProtocol, 'http/1.1')
    await assert.rejects(connectTls(context, port, { ALPNProtocols: ['h2'] }))
  })

  test('an aborted connection is a ReadError, and a failed callback ends one', async (context) => {
    const { port, sluice } = await startScript(
      context,
      `pipy().${LISTEN}
        .onSessionEnd(e => console.log('end', e.error || 'none'))
        .onData(d => d.toString() === 'bad' && d.nothing.more)`,
    )
    const first = await connectTls(context, port)
    await first.write('hello').through('hello')
    first.carrier.resetAndDestroy()
    await sluice.line(/end ReadError/)
    const second = await connectTls(context, port)
    second.write('bad')
    assert.notEqual(await second.over(), 'open')
  })

  test('clients that go in every way leave nothing behind', async (context) => {
    const { port, sluice } = await startScript(context, `pipy().${LISTEN}.${HELLO}`)
    const { pid } = sluice.child
    const open = (): number => openFiles(pid)
    await connectTls(context, port).then((client) => client.tls.destroy())
    const before = open()
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          if (i % 5 === 0) return (await connectRaw(context, port)).write('nonsense\n').over()
          if (i % 5 === 1) return (await connectRaw(context, port)).reset()
          const client = await connectTls(context, port)
          client.write(REQUEST)
          if (i % 5 === 2) return client.carrier.resetAndDestroy()
          await client.message()
          if (i % 5 === 3) client.carrier.end()
          else client.tls.end()
        }),
      )
    }
    await eventually(
      () => open() <= before,
      () => `${open()} of ${before} descriptors`,
    )
    sluice.signal('SIGTERM')
    assert.equal((await sluice.exit()).status, 0)
    assert.doesNotMatch(sluice.stdout, /\[error\]|Waiting for/)
  })

  test('__inbound has the addresses', async (context) => {
    const { port } = await startScript(
      context,
      `pipy().${LISTEN}.decodeHttpRequest()
        .replaceMessage(() => new Message(__inbound.remoteAddress + ' ' + __inbound.localPort))
        .encodeHttpResponse()`,
    )
    const { stdout } = await curl('-k', `https://127.0.0.1:${port}`)
    assert.equal(stdout, `127.0.0.1 ${port}`)
  })

  test('a drain ends idle connections, and waits for answers in progress', async (context) => {
    const upstream = await startRawServer(context)
    const { port, sluice } = await startScript(
      context,
      `pipy().${LISTEN}.decodeHttpRequest().encodeHttpRequest()
        .connect('${upstream.address}').decodeHttpResponse().encodeHttpResponse()`,
    )
    const idle = await connectTls(context, port)
    idle.write(REQUEST)
    const first = await upstream.connection()
    await first.message()
    first.write(response('one'))
    assert.equal((await idle.message()).body, 'one')
    const busy = await connectTls(context, port)
    busy.write(REQUEST)
    const second = await upstream.connection()
    await second.message()
    sluice.signal('SIGTERM')
    assert.notEqual(await idle.over(), 'open')
    second.write(response('two'))
    assert.equal((await busy.message()).body, 'two')
    assert.equal((await sluice.exit()).status, 0)
  })
})

describe('a client that goes without a word is let go at once', () => {
  const cases: [what: string, script: string][] = [
    ['plain connect', `${PLAIN}.connect('127.0.0.1:9')`],
    ['connect with tls', `${PLAIN}.connect('127.0.0.1:9', { tls: {} })`],
    ['listen with tls', `${LISTEN}.${HELLO}`],
  ]
  for (const [what, script] of cases) {
    test(what, async (context) => {
      const { port } = await startScript(context, `pipy().${script}`)
      const begun = performance.now()
      const client = await connectRaw(context, port)
      assert.equal(await client.end().rest(), '')
      assert.ok(performance.now() - begun < 5000)
    })
  }
})

describe('connect with tls', () => {
  test('carries megabytes both ways', async (context) => {
    const port = await startTlsServer(context, (_, socket) => {
      socket.removeAllListeners('data')
      socket.pipe(socket)
    })
    const proxy = await tlsProxy(context, port, '')
    const client = await connectRaw(context, proxy.port)
    const bytes = Buffer.alloc(8 << 20, 'abcdefgh')
    client.write(bytes)
    client.end()
    assert.ok((await client.rest()) === bytes.toString('latin1'))
  })

  test('bytes of a server that speaks first arrive', async (context) => {
    const port = await startTlsServer(context, (connection) => connection.write('welcome'))
    const { port: proxy } = await startScript(
      context,
      `pipy().${PLAIN}.connect('127.0.0.1:${port}', { eager: true, tls: {} })`,
    )
    const client = await connectRaw(context, proxy)
    assert.equal(await client.through('welcome'), 'welcome')
  })

  test('HTTP requests of many clients share a connection by mux', async (context) => {
    let accepted = 0
    const port = await startTlsServer(context, (connection) => {
      accepted++
      return answering((line) => response(line))(connection)
    })
    const { port: proxy } = await startScript(
      context,
      `pipy().${PLAIN}.decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request').mux('upstream')
        .pipeline('upstream').encodeHttpRequest()
        .connect('127.0.0.1:${port}', { tls: {} }).decodeHttpResponse()`,
    )
    for (let i = 0; i < 5; i++) {
      const client = await connectRaw(context, proxy)
      client.write(`GET /${i} HTTP/1.1\r\nHost: a\r\n\r\n`)
      assert.equal((await client.message()).body, `GET /${i} HTTP/1.1`)
    }
    assert.equal(accepted, 1)
  })

  test('asks for the name that it was given, or that of the target', async (context) => {
    const seen: unknown[] = []
    const port = await startTlsServer(context, (connection, socket) => {
      seen.push(socket.servername)
      connection.end('x')
    })
    for (const [host, tls] of [
      ['localhost', ''],
      ['127.0.0.1', ''],
      ['127.0.0.1', "sni: 'here.test'"],
      ['127.0.0.1', "servername: 'there.test'"],
    ] as const) {
      const { port: proxy } = await startScript(
        context,
        `pipy().${PLAIN}.connect('${host}:${port}', { eager: true, tls: { ${tls} } })`,
      )
      assert.equal(await (await connectRaw(context, proxy)).rest(), 'x')
    }
    assert.deepEqual(seen, ['localhost', false, 'here.test', 'there.test'])
  })

  test('a response that does not come is given up in time', async (context) => {
    const port = await startTlsServer(context, () => {})
    const { port: proxy } = await startScript(
      context,
      `pipy().${PLAIN}.decodeHttpRequest().encodeHttpRequest()
        .connect('127.0.0.1:${port}', { tls: {}, responseTimeout: 1, idleTimeout: 3 })
        .decodeHttpResponse().encodeHttpResponse()`,
    )
    const client = await connectRaw(context, proxy)
    const begun = performance.now()
    assert.equal((await client.write(REQUEST).message()).status, 504)
    assert.ok(performance.now() - begun < 2900)
  })

  test('a slow client holds up the server', { skip: skipIfSanitized }, async (context) => {
    let sent = 0
    let isStuck = false
    const port = await startTlsServer(context, (_, socket) => {
      const piece = Buffer.alloc(64 << 10, 'x')
      let timer = setTimeout(() => {}, 0)
      const push = (): void => {
        clearTimeout(timer)
        sent += piece.length
        while (socket.write(piece)) sent += piece.length
        timer = setTimeout(() => {
          isStuck = true
        }, 700)
      }
      socket.on('drain', push)
      push()
    })
    const { port: proxy, sluice } = await startScript(
      context,
      `pipy().${PLAIN}.connect('127.0.0.1:${port}', { eager: true, tls: {} })`,
    )
    const client = await connectRaw(context, proxy)
    client.socket.removeAllListeners('data')
    client.socket.pause()
    await eventually(
      () => isStuck,
      () => `${sent} bytes and no end`,
    )
    assert.ok(sent < MOST_STUCK, `${sent} bytes on their way`)
    assert.ok(residentBytes(sluice.child.pid) < 250 << 20)
    const before = sent
    let received = 0
    client.socket.on('data', (bytes) => {
      received += bytes.length
    })
    client.socket.resume()
    await eventually(
      () => received > before + (8 << 20),
      () => `${received} of more than ${before} bytes`,
    )
  })

  describe('verification', () => {
    const ca = `ca: os.readFile('${CERT}')`
    const cases: [tls: string, isTrusted: boolean][] = [
      ['', true],
      ['verify: false', true],
      ['verify: true', false],
      [`${ca}, sni: 'here.test'`, true],
      [`${ca}, sni: 'there.test'`, false],
      [ca, false],
    ]
    for (const [tls, isTrusted] of cases) {
      test(`{ ${tls.replace(CERT, 'cert.pem')} }`, async (context) => {
        const port = await startTlsServer(
          context,
          answering(() => response('trusted')),
        )
        const proxy = await startScript(
          context,
          `pipy().${PLAIN}.decodeHttpRequest().encodeHttpRequest()
            .connect('127.0.0.1:${port}', { tls: { ${tls} } })
            .onSessionEnd(e => console.log('end:', e.error))
            .decodeHttpResponse().encodeHttpResponse()`,
          '--log-level=warn',
        )
        const client = await connectRaw(context, proxy.port)
        const { status, body } = await client.write(REQUEST).message()
        assert.equal(status, isTrusted ? 200 : 503)
        if (isTrusted) assert.equal(body, 'trusted')
        else {
          await proxy.sluice.line(/\[warning\] \[connect\] no TLS with 127\.0\.0\.1:\d+: /)
          assert.doesNotMatch(proxy.sluice.stdout, /\[error\]/)
        }
      })
    }
  })

  test('presents its certificate', async (context) => {
    const port = await startTlsServer(
      context,
      answering(() => response('known')),
      {
        requestCert: true,
        ca: readFileSync(CERT),
      },
    )
    const proxy = await tlsProxy(context, port, TLS)
    const client = await connectRaw(context, proxy.port)
    assert.equal((await client.write(REQUEST).message()).body, 'known')
    const stranger = await tlsProxy(context, port, '')
    const refused = await connectRaw(context, stranger.port)
    refused.write(REQUEST)
    assert.notEqual(await refused.over(), 'open')
  })

  test('a server that speaks no TLS, or nothing, or is not there', async (context) => {
    const plain = await startRawServer(context, (connection) => connection.end('SSH-2.0-x\r\n'))
    const gone = await findFreePort()
    for (const port of [plain.port, gone]) {
      const { port: proxy, sluice } = await startScript(
        context,
        `pipy().${PLAIN}.decodeHttpRequest().encodeHttpRequest()
          .connect('127.0.0.1:${port}', { tls: {} })
          .onSessionEnd(e => console.log('end:', e.error))
          .decodeHttpResponse().encodeHttpResponse()`,
      )
      const client = await connectRaw(context, proxy)
      assert.equal((await client.write(REQUEST).message()).status, 503)
      await sluice.line(/end: ConnectionRefused/)
    }
  })

  test('half-closes in both directions', async (context) => {
    const port = await startTlsServer(context, async (connection) => {
      connection.end(`got ${await connection.rest()}`)
    })
    const proxy = await tlsProxy(context, port, '')
    const client = await connectRaw(context, proxy.port)
    client.end('ping')
    assert.equal(await client.rest(), 'got ping')

    const greeter = await startTlsServer(context, async (connection) => {
      connection.end('bye')
      await connection.rest()
    })
    const other = await tlsProxy(context, greeter, '')
    const listener = await connectRaw(context, other.port)
    listener.write('x')
    assert.equal(await listener.rest(), 'bye')
    listener.end('y')
  })
})

test('a reload takes the new certificate for new connections', async (context) => {
  const file = temporaryScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1', tls: {
      cert: os.readFile('used.crt').toString(),
      key: os.readFile('used.key').toString(),
    } }).${HELLO}`,
  )
  const used = join(dirname(file), 'used')
  const use = (cert: string, key: string): void => {
    writeFileSync(`${used}.crt`, readFileSync(cert))
    writeFileSync(`${used}.key`, readFileSync(key))
  }
  use('examples/tls/localhost.crt', 'examples/tls/localhost.key')
  const sluice = startSluice(context, [file])
  const [port = 0] = await sluice.ports()
  const nameAt = async (): Promise<[string, ByteStream]> => {
    const client = await connectTls(context, port)
    return [String(client.tls.getPeerCertificate().subject.CN), client]
  }
  const [first, old] = await nameAt()
  assert.equal(first, 'localhost')
  use(CERT, KEY)
  sluice.signal('SIGHUP')
  await sluice.line(/Script reloaded/)
  assert.equal((await nameAt())[0], 'here.test')
  assert.equal((await old.write(REQUEST).message()).body, 'Hello!')
})

describe('what is wrong is said at load time', () => {
  const bad = join(FOLDER, 'bad.pem')
  writeFileSync(bad, '-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n')
  const other = join(FOLDER, 'other-key.pem')
  execFileSync('openssl', ['genrsa', '-out', other, '2048'], { stdio: 'ignore' })
  const read = (file: string): string => `os.readFile('${file}').toString()`
  const cases: [script: string, message: RegExp][] = [
    [`listen(8443, { tls: 'yes' })`, /option tls must be an object/],
    [`listen(8443, { tls: {} })`, /option tls\.cert is missing/],
    [`listen(8443, { tls: { cert: ${read(CERT)} } })`, /option tls\.key is missing/],
    [`listen(8443, { tls: { cert: 'x', key: 'y' } })`, /option tls\.cert is not PEM text/],
    [`listen(8443, { tls: { cert: ${read(bad)}, key: ${read(KEY)} } })`, /option tls: /],
    [
      `listen(8443, { tls: { cert: ${read(CERT)}, key: ${read(other)} } })`,
      /option tls: the key is not that of the certificate/,
    ],
    [`listen(8443, { tls: { ${TLS}, verify: true } })`, /listen has no option tls\.verify/],
    [`listen(8443).connect('a:1', { tls: true })`, /option tls must be an object/],
    [`listen(8443).connect('a:1', { tls: { verify: 'no' } })`, /option tls\.verify must be/],
    [`listen(8443).connect('a:1', { tls: { ca: 'x' } })`, /option tls\.ca is not PEM text/],
    [`listen(8443).connect('a:1', { tls: { cert: ${read(CERT)} } })`, /option tls\.key is missing/],
    [`listen(8443).connect('a:1', { tls: { verfy: true } })`, /connect has no option tls\.verfy/],
  ]
  for (const [script, message] of cases) {
    test(script.replaceAll(FOLDER, ''), async (context) => {
      const file = temporaryScript(context, `pipy().${script}`)
      const { status, stdout } = await runSluice([file, '--verify'])
      assert.match(stdout, message)
      assert.equal(status, 255)
    })
  }
})
