import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseLbSpec } from '../../src/cli/lb-command.ts'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { runSluice, type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'

interface Rig {
  folder: string
  args: string[]
}

/** Arguments for a load balancer from one Unix socket to another. */
async function prepare(context: TestContext): Promise<Rig> {
  const folder = temporaryFolder(context)
  const upstream = join(folder, 'upstream.sock')
  const server = createServer((_, response) => response.end('hello'))
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(upstream), 'listening')
  const args = ['lb', '--listen', `unix:${join(folder, 'lb.sock')}`, '--to', `unix:${upstream}`]
  return { folder, args: [...args, '--workers', '2'] }
}

async function listening(sluice: SluiceProcess, folder: string): Promise<string> {
  const path = join(folder, 'lb.sock')
  await sluice.until(() => sluice.stdout.includes(`Listening on unix:${path}`), 'accept')
  return path
}

async function fetchText(socketPath: string): Promise<string> {
  const [response] = (await once(get({ socketPath, agent: false }), 'response')) as [
    IncomingMessage,
  ]
  let text = ''
  for await (const piece of response) text += piece
  return text
}

test('serves from a Unix socket and removes it in the end', async (context) => {
  const { folder, args } = await prepare(context)
  const sluice = startSluice(context, args)
  const path = await listening(sluice, folder)
  assert.equal(await fetchText(path), 'hello')
  assert.equal(await fetchText(path), 'hello')
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
  assert.equal(existsSync(path), false)
})

test('a worker less changes nothing', async (context) => {
  const { folder, args } = await prepare(context)
  const orchestrator = new Orchestrator(parseLbSpec(args.slice(1, 5)), {
    workers: 3,
    workerMemoryMb: 64,
    logLevel: 'error',
  })
  context.after(() => orchestrator.stop())
  await orchestrator.start()
  await orchestrator.resize(1)
  for (let i = 0; i < 4; i++) assert.equal(await fetchText(join(folder, 'lb.sock')), 'hello')
  await orchestrator.resize(2)
  for (let i = 0; i < 4; i++) assert.equal(await fetchText(join(folder, 'lb.sock')), 'hello')
})

test('takes over a socket file that nobody serves, and no other', async (context) => {
  const { folder, args } = await prepare(context)
  const killed = startSluice(context, args)
  const path = await listening(killed, folder)
  await killed.kill()
  assert.equal(existsSync(path), true)

  const sluice = startSluice(context, args)
  await listening(sluice, folder)
  const { status, stderr } = await runSluice(args)
  assert.equal(stderr, `sluice: cannot listen on unix:${path}: address already in use\n`)
  assert.equal(status, 1)
  assert.equal(await fetchText(path), 'hello')
})
