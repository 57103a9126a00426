import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { connect } from 'node:tls'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder, temporaryScript } from '../../support/temporary-script.ts'
import { ByteStream, connectRaw } from '../support/byte-stream.ts'
import { makeCertificate } from '../support/certificate.ts'
import { eventually } from '../support/process-facts.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { BINARY, GET, LINE, LINE6, LOCAL, startMirror, UNKNOWN, WHO } from './support.ts'

const LISTEN = `listen(0, { host: '127.0.0.1', proxyProtocol: true })`
const TOLD = '192.0.2.1 1234 198.51.100.7 443'

test('scripts see whom the header tells of', async (context) => {
  const options = `{ host: '127.0.0.1', proxyProtocol: true, tls: { ${makeCertificate()} } }`
  const script = `pipy().${LISTEN}.${WHO}.listen(0, ${options}).${WHO}`
  const sluice = startSluice(context, [temporaryScript(context, script)])
  const [port = 0, tlsPort = 0] = await sluice.ports(2)

  for (const [header, told] of [
    [LINE, TOLD],
    [BINARY, TOLD],
    [LINE6, '2001:db8::1 1234 2001:db8::2 443'],
  ] as const) {
    await context.test(`${JSON.stringify(header)}, whole`, async () => {
      const client = await connectRaw(context, port)
      client.write(header + GET.repeat(3))
      for (let i = 0; i < 3; i++) assert.equal((await client.message()).body, told)
      assert.equal((await client.write(GET).message()).body, told)
    })
    await context.test(`${JSON.stringify(header)}, byte by byte`, async () => {
      const client = await connectRaw(context, port)
      for (const byte of header + GET) {
        client.write(byte)
        await new Promise((resolve) => setImmediate(resolve))
      }
      assert.equal((await client.message()).body, told)
    })
    await context.test(`${JSON.stringify(header)}, before TLS`, async () => {
      const { socket } = await connectRaw(context, tlsPort)
      socket.removeAllListeners('data')
      socket.write(Buffer.from(header, 'latin1'))
      const tls = connect({ socket, rejectUnauthorized: false })
      context.after(() => tls.destroy())
      await once(tls, 'secureConnect')
      assert.equal((await new ByteStream(tls).write(GET).message()).body, told)
    })
  }
  await context.test('as long as a header may be, with a request behind it', async () => {
    const padding = `\x04\x0f\xe1${'x'.repeat(0xfe1)}`
    const client = await connectRaw(context, port)
    client.write(BINARY.replace('\0\x0c', '\x0f\xf0') + padding + GET)
    assert.equal((await client.message()).body, TOLD)
  })
  for (const header of [UNKNOWN, LOCAL]) {
    await context.test(`${JSON.stringify(header)}: nobody, so that it is our peer`, async () => {
      const client = await connectRaw(context, port)
      const { body } = await client.write(header + GET).message()
      assert.equal(body, `127.0.0.1 ${client.socket.localPort} 127.0.0.1 ${port}`)
    })
  }
})

test('the header is none of the bytes that TCP passes on', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy().${LISTEN}.connect('${upstream.address}', { eager: true })`,
  )
  for (const header of [LINE, BINARY]) {
    const client = await connectRaw(context, port)
    client.write(header)
    const connection = await upstream.connection()
    client.write('hello')
    await connection.through('hello')
    connection.write('and back')
    await client.through('and back')
    const other = await connectRaw(context, port)
    other.end(`${header}all at once`)
    assert.equal(await (await upstream.connection()).rest(), 'all at once')
  }
})

test('the client is whom endpoints are told of, and whom the access log names', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const path = join(temporaryFolder(context), 'access.log')
  const log = ['--access-log', path, '--access-log-format', '{client}']
  const options = ['--accept-proxy', '--x-forwarded', 'add', ...log]
  const { port } = await startLb(context, [upstream], ...options)
  const headers = [LINE, BINARY, LINE6]
  const addresses = ['192.0.2.1', '192.0.2.1', '2001:db8::1']
  for (const [i, header] of headers.entries()) {
    const client = await connectRaw(context, port)
    assert.equal((await client.write(header + GET).message()).body, addresses[i])
  }
  const written = (): string => readFileSync(path, 'latin1')
  await eventually(() => written() === `${addresses.join('\n')}\n`, written)
})

test('who may open a Unix socket may tell of a client', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const path = join(temporaryFolder(context), 'listener.sock')
  const options = ['--accept-proxy', '--x-forwarded', 'add', '--listen', `unix:${path}`]
  await startLb(context, [upstream], ...options)
  for (const [header, told] of [
    [BINARY, '192.0.2.1'],
    [LOCAL, 'undefined'],
  ] as const) {
    const client = await connectRaw(context, { path })
    assert.equal((await client.write(header + GET).message()).body, told)
  }
})

test('a connection whose header is on its way when the process is told to stop', async (context) => {
  const { port, sluice } = await startScript(context, `pipy().${LISTEN}.${WHO}`)
  const client = await connectRaw(context, port)
  // When the process has answered, it has also accepted.
  sluice.signal('SIGTSTP')
  await sluice.line(/^accepts +1$/m)
  sluice.signal('SIGTERM')
  await sluice.line(/shutting down/)
  assert.equal((await client.write(LINE + GET).message()).body, TOLD)
  await client.over()
  assert.equal((await sluice.exit()).status, 0)
})
