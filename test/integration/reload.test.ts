import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer, type Server } from 'node:net'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { connectRaw } from './support/byte-stream.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** A server that answers every request with a text. */
function answering(text: string, listens = ['0']): string {
  const filters = `.decodeHttpRequest().replaceMessage(new Message('${text}')).encodeHttpResponse()`
  return `pipy()${listens
    .map((port) => `.listen(${port}, { host: '127.0.0.1' })${filters}`)
    .join('\n')}`
}

interface Rig {
  sluice: SluiceProcess
  file: string
  ports: number[]
}

async function start(context: TestContext, text: string, ...options: string[]): Promise<Rig> {
  const file = temporaryScript(context, text)
  const sluice = startSluice(context, [file, ...options])
  const listeners = [...text.matchAll(/\.listen\(/g)].length
  return { sluice, file, ports: await sluice.ports(listeners) }
}

/** Sends SIGHUP and waits for what comes of it. */
async function reload({ sluice }: Rig, isGood = true): Promise<void> {
  const pattern = /(Script reloaded|Failed reloading script): \/main\.js/g
  const before = [...sluice.stdout.matchAll(pattern)].length
  sluice.signal('SIGHUP')
  await sluice.until(() => [...sluice.stdout.matchAll(pattern)].length > before, 'reload')
  const results = [...sluice.stdout.matchAll(pattern)].map(([, result]) => result)
  assert.equal(results.at(-1), isGood ? 'Script reloaded' : 'Failed reloading script')
}

async function ask(port = 0, agent = new Agent()): Promise<string> {
  const sent = request({ host: '127.0.0.1', port, agent }).end()
  const [response] = await once(sent, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  return body
}

test('new connections enter the new program, old ones stay with the old', async (context) => {
  const rig = await start(context, answering('one'))
  const old = await connectRaw(context, rig.ports[0] ?? 0)
  assert.equal((await old.write(GET).message()).body, 'one')
  writeFileSync(rig.file, answering('two'))
  await reload(rig)
  assert.equal(await ask(rig.ports[0]), 'two')
  assert.equal((await old.write(GET).message()).body, 'one')
})

for (const [what, text, line] of [
  ['does not parse', 'pipy(', /\[pjs\] Syntax error/],
  ['throws', '(() => { throw new Error("no") })()', /\[pjs\] Error: no/],
  ['is no configuration', '({})', /Script did not return a Configuration object/],
  ['links to nowhere', "pipy().listen(0).link('x')", /pipeline not found: x/],
  ['is recursive', "pipy().pipeline('a').link('a')", /recursive pipeline: a/],
] as const) {
  test(`a script that ${what} leaves the running one untouched`, async (context) => {
    const rig = await start(context, answering('one'))
    writeFileSync(rig.file, text)
    await reload(rig, false)
    assert.match(rig.sluice.stdout, line)
    assert.equal(await ask(rig.ports[0]), 'one')
    writeFileSync(rig.file, answering('two'))
    await reload(rig)
    assert.equal(await ask(rig.ports[0]), 'two')
  })
}

test('nothing changes when a listener cannot be opened', async (context) => {
  const rig = await start(context, answering('one'), '--workers', '2')
  const taken = await listen(context)
  const free = String(await findFreePort())
  writeFileSync(rig.file, answering('two', ['0', free, String(portOf(taken))]))
  await reload(rig, false)
  assert.match(rig.sluice.stdout, /cannot listen on 127\.0\.0\.1:\d+: address already in use/)
  assert.equal(await ask(rig.ports[0]), 'one')
  await assert.rejects(ask(Number(free)), /ECONNREFUSED/)
})

test('an address that is listed twice is refused', async (context) => {
  const rig = await start(context, answering('one'))
  const free = String(await findFreePort())
  writeFileSync(rig.file, answering('two', ['0', free, free]))
  await reload(rig, false)
  assert.match(rig.sluice.stdout, /cannot listen on 127\.0\.0\.1:\d+: it is listed twice/)
  assert.equal(await ask(rig.ports[0]), 'one')
})

test('listeners come and go', async (context) => {
  const port = await findFreePort()
  const rig = await start(context, answering('one'), '--workers', '2')
  writeFileSync(rig.file, answering('two', ['0', String(port)]))
  await reload(rig)
  assert.match(rig.sluice.stdout, new RegExp(`Listening on 127.0.0.1:${port}`))
  assert.equal(await ask(port), 'two')
  const old = await connectRaw(context, port)
  assert.equal((await old.write(GET).message()).body, 'two')
  writeFileSync(rig.file, answering('three'))
  await reload(rig)
  await assert.rejects(ask(port), /ECONNREFUSED/)
  assert.equal(await ask(rig.ports[0]), 'three')
  // What was accepted before goes on.
  assert.equal((await old.write(GET).message()).body, 'two')
})

test('tasks of the old program stop', async (context) => {
  const task = (name: string): string =>
    `pipy().listen(0, { host: '127.0.0.1' }).task('0.05')` +
    `.onMessageStart(() => console.log('tick ${name}')).replaceMessage(() => new SessionEnd)`
  const rig = await start(context, task('one'), '--workers', '2')
  await rig.sluice.line(/tick one/)
  writeFileSync(rig.file, task('two'))
  await reload(rig)
  await rig.sluice.line(/tick two[\s\S]*tick two[\s\S]*tick two/)
  const [, after = ''] = rig.sluice.stdout.split(/tick two[\s\S]*?\n/)
  assert.doesNotMatch(after, /tick one/)
})

test('a worker that dies after a reload is replaced with the new program', async (context) => {
  const text = (name: string): string =>
    `pipy({ _all: [] }).listen(0, { host: '127.0.0.1' }).decodeHttpRequest()
      .replaceMessage(msg => (
        msg.head.path === '/die' && repeat(() => (_all.push(new Array(1000000).fill(1)), true)),
        new Message('${name}')
      )).encodeHttpResponse()`
  const rig = await start(context, text('one'), '--worker-memory', '64')
  writeFileSync(rig.file, text('two'))
  await reload(rig)
  const deadly = await connectRaw(context, rig.ports[0] ?? 0)
  deadly.write('GET /die HTTP/1.1\r\nHost: a\r\n\r\n')
  await rig.sluice.line(/Worker 0 died/)
  assert.equal(await ask(rig.ports[0]), 'two')
})

test('no request fails through 20 reloads under load', async (context) => {
  const rig = await start(context, answering('0'), '--workers', '2')
  const agent = new Agent({ keepAlive: true, maxSockets: 4 })
  context.after(() => agent.destroy())
  let isOver = false
  const seen = new Set<string>()
  const client = async (isPersistent: boolean): Promise<void> => {
    while (!isOver) seen.add(await ask(rig.ports[0], isPersistent ? agent : new Agent()))
  }
  const clients = Promise.all([client(true), client(true), client(false), client(false)])
  for (let i = 1; i <= 20; i++) {
    writeFileSync(rig.file, answering(String(i)))
    await reload(rig)
    assert.equal(await ask(rig.ports[0]), String(i))
  }
  isOver = true
  await clients
  assert.ok(seen.size > 10, `${seen.size} programs seen`)
})

test('--watch reloads when a module changes', async (context) => {
  const main = "pipy().listen(0, { host: '127.0.0.1' }).use('mod.js', 'answer')"
  const module = (text: string): string =>
    `pipy().pipeline('answer').decodeHttpRequest()
      .replaceMessage(new Message('${text}')).encodeHttpResponse()`
  const file = temporaryScript(context, main)
  const used = join(dirname(file), 'mod.js')
  writeFileSync(used, module('one'))
  const sluice = startSluice(context, [file, '--watch'])
  const [port] = await sluice.ports()
  assert.equal(await ask(port), 'one')
  writeFileSync(used, module('two'))
  await sluice.line(/Script reloaded: \/main\.js/)
  assert.equal(await ask(port), 'two')
  writeFileSync(used, 'pipy(')
  await sluice.line(/Failed reloading script: \/main\.js/)
  assert.equal(await ask(port), 'two')
  writeFileSync(used, module('three'))
  await sluice.line(/Script reloaded: \/main\.js[\s\S]*Script reloaded: \/main\.js/)
  assert.equal(await ask(port), 'three')
})

test('without a script there is nothing to reload', async (context) => {
  const sluice = startSluice(context, ['lb', '--listen', '127.0.0.1:0', '--to', ':1', '-w', '1'])
  await sluice.ports()
  sluice.signal('SIGHUP')
  await sluice.line(/\[error\] No script running/)
})

async function listen(context: TestContext): Promise<Server> {
  const server = createServer().listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
