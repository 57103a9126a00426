import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { stringify } from 'yaml'
import { type DnsRecords, startDnsServer } from '../support/dns-server.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { makeCertificateFiles } from './support/certificate.ts'
import { ask, Load } from './support/load.ts'
import { type RunningAdmin, startAdmin } from './support/start-admin.ts'

/** The system's resolver knows no port but 53, which only root may use, and has one file of servers. */
const canBeAsked = spawnSync('unshare', ['--mount', 'true']).status === 0
const skip = canBeAsked ? false : 'needs root: a DNS server at port 53, and another resolv.conf'

/** Becomes a command that looks names up at `server`. */
function lookingUpAt(context: TestContext, server: string): string[] {
  const file = join(temporaryFolder(context), 'resolv.conf')
  writeFileSync(file, `nameserver ${server}\noptions timeout:1\n`)
  const script = 'mount --bind "$0" /etc/resolv.conf && exec "$@"'
  return ['unshare', '--mount', 'sh', '-c', script, file]
}

/** A loopback address that nobody else uses, and those that follow it. */
function freshAddresses(count: number): string[] {
  const random = (): number => Math.floor(Math.random() * 250)
  const [second, third, first] = [1 + random(), random(), random()]
  return Array.from(
    { length: count },
    (_, i) => `127.${second}.${third}.${1 + ((first + i) % 250)}`,
  )
}

/** An endpoint that answers with its name. */
async function startEndpoint(
  context: TestContext,
  name: string,
  host: string,
  port: number,
): Promise<Server> {
  const server = createServer((_, response) => response.end(name))
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((done) => server.listen(port, host, done))
  return server
}

interface Endpoints {
  [address: string]: { state: string; health: string }
}

async function endpointsOf(admin: RunningAdmin): Promise<Endpoints> {
  const { json } = await admin.call('GET', '/api/v1/upstreams')
  return Object.fromEntries(
    json.map(({ address, ...rest }: { address: string }) => [address.replace(/.*@/, ''), rest]),
  )
}

test('a name is an endpoint per address, which come and go with its records under load', {
  skip,
}, async (context) => {
  const [server = '', a = '', b = '', c = ''] = freshAddresses(4)
  const records: DnsRecords = { 'app.test': { addresses: [a, b], ttl: 1 } }
  await startDnsServer(context, records, server, 53)
  const first = await startEndpoint(context, 'a', a, 0)
  const { port } = first.address() as AddressInfo
  await startEndpoint(context, 'b', b, port)
  await startEndpoint(context, 'c', c, port)
  const config = {
    listeners: [{ address: '127.0.0.1:0', upstream: 'app' }],
    upstreams: {
      app: { endpoints: [`app.test:${port}`], health: { path: '/', interval: '100ms' } },
    },
  }
  const file = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(file, stringify(config))
  const launcher = lookingUpAt(context, server)
  const admin = await startAdmin(context, [file, '--workers', '2'], 1, launcher)
  const load = new Load(context, admin.ports[0] ?? 0, 8)
  await load.until(() => load.count('200 a') > 20 && load.count('200 b') > 20)
  assert.deepEqual(Object.keys(await endpointsOf(admin)), [a, b])

  // What an operator has said of an endpoint that stays is kept; it ends before that with one that goes.
  const pathOf = (address: string): string =>
    `/api/v1/upstreams/app/endpoints/${encodeURIComponent(`app.test:${port}@${address}`)}`
  const { status } = await admin.call('PATCH', pathOf(b), { state: 'draining' })
  assert.equal(status, 200)
  records['app.test'] = { addresses: [c, b], ttl: 1 }
  await load.until(() => load.count('200 c') > 20)
  const after = await endpointsOf(admin)
  assert.deepEqual(Object.keys(after).sort(), [b, c].sort())
  assert.equal(after[b]?.state, 'draining')
  assert.equal((await admin.call('PATCH', pathOf(a), { state: 'draining' })).status, 404)

  // Nobody asks the one that has gone, so that it may end.
  const isAsked = async (): Promise<boolean> => {
    const before = load.count('200 a')
    await load.more(100)
    return load.count('200 a') > before
  }
  let rounds = 0
  while (await isAsked()) assert.ok(++rounds < 50, 'it is asked for ever')
  first.close()
  first.closeAllConnections()
  await load.more(200)

  // A name that is not found any more keeps what it had.
  delete records['app.test']
  await admin.sluice.line(/cannot look up app\.test: it keeps the addresses that it had/)
  assert.equal((await admin.call('PATCH', pathOf(b), { state: 'enabled' })).status, 200)
  const before = load.count('200 b')
  await load.until(() => load.count('200 b') > before + 20)
  const metrics = (await admin.call('GET', '/metrics')).text
  assert.match(metrics, new RegExp(`endpoint="app\\.test:${port}@${c}"`))
  await load.stop()
  assert.deepEqual(load.failures, [])
  assert.deepEqual([...load.counts.keys()].sort(), ['200 a', '200 b', '200 c'])
})

test('a name that is not known at the start is found later', { skip }, async (context) => {
  const [server = '', a = ''] = freshAddresses(2)
  const records: DnsRecords = {}
  await startDnsServer(context, records, server, 53)
  const endpoint = await startEndpoint(context, 'a', a, 0)
  const { port } = endpoint.address() as AddressInfo
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', `late.test:${port}`, '-w', '1']
  const admin = await startAdmin(context, args, 1, lookingUpAt(context, server))
  const { json } = await admin.call('GET', '/api/v1/upstreams')
  assert.equal(json[0].address, `late.test:${port}`)
  records['late.test'] = { addresses: [a], ttl: 1 }
  await admin.sluice.line(/\[dns\] late\.test is 127/)
  const load = new Load(context, admin.ports[0] ?? 0, 1)
  await load.until(() => load.count('200 a') > 5)
  assert.deepEqual(Object.keys(await endpointsOf(admin)), [a])
})

test('TLS is for the name, whatever the address', { skip }, async (context) => {
  const { cert, key } = makeCertificateFiles()
  const [server = '', a = ''] = freshAddresses(2)
  const records: DnsRecords = {
    'here.test': { addresses: [a], ttl: 60 },
    'there.test': { addresses: [a], ttl: 60 },
  }
  await startDnsServer(context, records, server, 53)
  const names: unknown[] = []
  const endpoint = createTlsServer(
    { cert: readFileSync(cert), key: readFileSync(key) },
    (request, response) => {
      names.push((request.socket as TLSSocket).servername)
      response.end('secret')
    },
  )
  context.after(() => endpoint.close().closeAllConnections())
  await new Promise<void>((done) => endpoint.listen(0, a, done))
  const { port } = endpoint.address() as AddressInfo
  const config = {
    listeners: [
      { address: '127.0.0.1:0', upstream: 'here' },
      { address: '127.0.0.1:0', upstream: 'there' },
    ],
    upstreams: {
      here: { endpoints: [`here.test:${port}`], tls: { ca: cert } },
      there: { endpoints: [`there.test:${port}`], tls: { ca: cert } },
    },
  }
  const file = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(file, stringify(config))
  const admin = await startAdmin(context, [file, '-w', '1'], 2, lookingUpAt(context, server))
  assert.deepEqual(Object.keys(await endpointsOf(admin)), [a])
  const statuses = await Promise.all(admin.ports.map(async (one) => (await ask(one)).status))
  assert.deepEqual(statuses, [200, 503])
  assert.deepEqual(names, ['here.test'])
})
