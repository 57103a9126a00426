import assert from 'node:assert/strict'
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { reload, startConfig } from '../support/start-config.ts'

function named(context: TestContext, name: string): Promise<RawServer> {
  return startRawServer(
    context,
    answering(() => response(name)),
  )
}

function configOf(servers: Readonly<Record<string, RawServer>>, upstream: string): ConfigInput {
  return {
    listeners: [{ address: '127.0.0.1:0', upstream }],
    upstreams: Object.fromEntries(
      Object.entries(servers).map(([name, { address }]) => [name, { endpoints: [address] }]),
    ),
  }
}

test('SIGHUP puts a new config in force, also for connections that stand', async (context) => {
  const servers = { a: await named(context, 'a'), b: await named(context, 'b') }
  const { sluice, write, ports } = await startConfig(context, configOf(servers, 'a'))
  const old = await connectRaw(context, ports[0] as number)
  const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
  assert.equal((await old.write(get).message()).body, 'a')
  write(configOf(servers, 'b'))
  sluice.signal('SIGHUP')
  await sluice.line(/Config reloaded: \S*\/lb\.yaml/)
  assert.equal((await curl(`http://127.0.0.1:${ports[0]}`)).stdout, 'b')
  assert.equal((await old.write(get).message()).body, 'b')
})

test('a request that is in progress ends as it began, and the next one is served anew', async (context) => {
  const slow = await startRawServer(context)
  const servers = { a: slow, b: await named(context, 'b') }
  const running = await startConfig(context, configOf(servers, 'a'))
  const client = await connectRaw(context, running.ports[0] as number)
  client.write('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n12')
  const upstream = await slow.connection()
  await upstream.through('12')
  await reload(running, configOf(servers, 'b'))
  // The second request comes before the first one is answered: they are of the same program.
  client.write('34GET /2 HTTP/1.1\r\nHost: h\r\n\r\n')
  await upstream.through('34')
  upstream.write(response('first'))
  assert.equal((await client.message()).body, 'first')
  await upstream.through('GET /2 ')
  await upstream.through('\r\n\r\n')
  upstream.write(response('second'))
  assert.equal((await client.message()).body, 'second')
  client.write('GET /3 HTTP/1.1\r\nHost: h\r\n\r\n')
  assert.equal((await client.message()).body, 'b')
})

test('a part of a head that has come before a reload is not lost', async (context) => {
  const servers = { a: await named(context, 'a'), b: await named(context, 'b') }
  const running = await startConfig(context, configOf(servers, 'a'))
  const client = await connectRaw(context, running.ports[0] as number)
  client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  assert.equal((await client.message()).body, 'a')
  client.write('GET / HTTP/1.1\r\nHo')
  await reload(running, configOf(servers, 'b'))
  client.write('st: h\r\n\r\n')
  assert.equal((await client.message()).body, 'b')
})

test('a client of a listener that is gone may ask once more', async (context) => {
  const servers = { a: await named(context, 'a') }
  const config = configOf(servers, 'a')
  const listeners = [...config.listeners, { address: 'localhost:0', upstream: 'a' }]
  const running = await startConfig(context, { ...config, listeners })
  const client = await connectRaw(context, running.ports[1] as number)
  client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  await client.message()
  await reload(running, config)
  client.write('GET / HTTP/1.1\r\nHost: h\r\n\r\n')
  const last = await client.message()
  assert.deepEqual([last.body, last.field('connection')], ['a', 'close'])
  assert.equal(await client.over(), 'end')
})

test('a config that is wrong is told with its line and changes nothing', async (context) => {
  const servers = { a: await named(context, 'a') }
  const { sluice, write, ports } = await startConfig(context, configOf(servers, 'a'), '--watch')
  write(configOf(servers, 'none'))
  await sluice.line(/\[error\] Failed reloading config: \S*\/lb\.yaml/)
  await sluice.line(
    /\[error\] lb\.yaml:3:15: listeners\[0\]\.upstream: there is no upstream "none": use a\n/,
  )
  assert.equal((await curl(`http://127.0.0.1:${ports[0]}`)).stdout, 'a')
  write(': [')
  await sluice.line(/\[error\] lb\.yaml:1:\d+: /)
  assert.equal((await curl(`http://127.0.0.1:${ports[0]}`)).stdout, 'a')
  write(configOf({ ...servers, none: await named(context, 'n') }, 'none'))
  await sluice.line(/Config reloaded/)
  assert.equal((await curl(`http://127.0.0.1:${ports[0]}`)).stdout, 'n')
})

test('a listener that is added accepts, one that is removed or moved does so no more', async (context) => {
  const a = await named(context, 'a')
  const ports = [await findFreePort(), await findFreePort(), await findFreePort()] as const
  const [stays, comes, moved] = ports
  const at = (...listening: number[]): ConfigInput => ({
    ...configOf({ a }, 'a'),
    listeners: listening.map((port) => ({ address: `127.0.0.1:${port}`, upstream: 'a' })),
  })
  const answers = (): Promise<string[]> =>
    Promise.all(ports.map(async (port) => (await curl(`http://127.0.0.1:${port}`)).stdout))
  const running = await startConfig(context, at(stays))
  const client = await connectRaw(context, stays)
  const get = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n'
  assert.equal((await client.write(get).message()).body, 'a')
  for (const [listening, expected] of [
    [
      [stays, comes],
      ['a', 'a', ''],
    ],
    [
      [stays, moved],
      ['a', '', 'a'],
    ],
    [[stays], ['a', '', '']],
  ] as const) {
    await reload(running, at(...listening))
    assert.deepEqual(await answers(), expected)
  }
  assert.equal((await client.write(get).message()).body, 'a', 'one that stays keeps its clients')
})

test('no request fails while configs are loaded under traffic', async (context) => {
  const servers = { a: await named(context, 'a'), b: await named(context, 'b') }
  const running = await startConfig(context, configOf(servers, 'a'), '--workers', '2')
  const { sluice, write, ports } = running
  let isOver = false
  const seen = new Map<string, number>()
  const ask = async (): Promise<void> => {
    while (!isOver) {
      // A connection for each request: those of others stay with the program they began in.
      const client = await connectRaw(context, ports[0] as number)
      client.write('GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n')
      const { body } = await client.message()
      seen.set(body, (seen.get(body) ?? 0) + 1)
      await client.rest()
    }
  }
  const clients = Array.from({ length: 4 }, ask)
  for (let round = 1; round <= 6; round++) {
    write(configOf(servers, round % 2 === 0 ? 'a' : 'b'))
    sluice.signal('SIGHUP')
    const isLoaded = () => (sluice.stdout.match(/Config reloaded/g) ?? []).length >= round
    await sluice.until(isLoaded, 'reload')
  }
  isOver = true
  await Promise.all(clients)
  assert.ok((seen.get('a') ?? 0) > 0 && (seen.get('b') ?? 0) > 0, JSON.stringify([...seen]))
  assert.equal(seen.size, 2)
})

test('what a reload cannot change is told', async (context) => {
  const config = configOf({ a: await named(context, 'a') }, 'a')
  const running = await startConfig(context, config)
  await reload(running, { ...config, process: { workers: 3, drainTimeout: '5s' } })
  await running.sluice.line(
    /\[warning\] \[config\] process: workers, drainTimeout: in force with the next start \("sluice workers/,
  )
  await reload(running, { ...config, process: {} })
  assert.equal(running.sluice.stdout.split('in force with the next start').length, 2)
})

test('a folder that has taken the place of the first one is where a reload looks', async (context) => {
  const servers = { a: await named(context, 'a'), b: await named(context, 'b') }
  const running = await startConfig(context, configOf(servers, 'a'))
  const folder = dirname(running.file)
  renameSync(folder, `${folder}.old`)
  rmSync(`${folder}.old`, { recursive: true })
  mkdirSync(folder)
  await reload(running, configOf(servers, 'b'))
  assert.equal((await curl(`http://127.0.0.1:${running.ports[0]}`)).stdout, 'b')
})

test('while its folder is gone, a program goes on and a reload fails', async (context) => {
  const { sluice, file, ports } = await startConfig(
    context,
    configOf({ a: await named(context, 'a') }, 'a'),
  )
  rmSync(dirname(file), { recursive: true })
  sluice.signal('SIGHUP')
  await sluice.line(/Failed reloading config/)
  assert.equal((await curl(`http://127.0.0.1:${ports[0]}`)).stdout, 'a')
})
