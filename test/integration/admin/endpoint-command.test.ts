/** `sluice endpoint` while there is traffic: nobody notices but the endpoints. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { AppServer } from '../support/app-server.ts'
import { ask, Load } from '../support/load.ts'
import { startAdmin } from '../support/start-admin.ts'

interface Running {
  readonly a: AppServer
  readonly b: AppServer
  readonly port: number
  readonly load: Load
  /** Runs `sluice endpoint` with these arguments; returns what it prints of the endpoint. */
  endpoint(...args: string[]): Promise<string>
}

/** Two endpoints behind two workers, with clients that ask all the time. */
async function start(context: TestContext, upstream: object = {}): Promise<Running> {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const file = join(temporaryFolder(context), 'lb.json')
  const app = { endpoints: [a.address, b.address], ...upstream }
  const listeners = [{ address: '127.0.0.1:0', upstream: 'app' }]
  writeFileSync(file, JSON.stringify({ listeners, upstreams: { app } }))
  const admin = await startAdmin(context, [file, '--workers', '2'])
  const [port = 0] = admin.ports
  const load = new Load(context, port, 6)
  await load.until(() => load.count('200 a') > 20 && load.count('200 b') > 20)
  return {
    ...{ a, b, port, load },
    endpoint: async (...args) => {
      const { status, stdout, stderr } = await runSluice([
        'endpoint',
        ...args,
        '--admin',
        admin.url,
      ])
      assert.equal(status, 0, stderr)
      return stdout.trim().split('\n').at(-1) ?? ''
    },
  }
}

/** How many of the next answers come from `server`; what is already on its way is not counted. */
async function shareOf(server: AppServer, load: Load, answers: number): Promise<number> {
  await load.more(20)
  const [requests, total] = [server.requests, load.total]
  await load.more(answers)
  return (server.requests - requests) / (load.total - total)
}

function assertAllWell({ load }: Running): void {
  assert.deepEqual(load.failures, [])
  assert.deepEqual([...load.counts.keys()].sort(), ['200 a', '200 b'])
}

for (const [action, state] of [
  ['disable', 'disabled'],
  ['drain', 'draining'],
] as const) {
  test(`${action}: no request goes there any more, until enable, and none fails`, async (context) => {
    const running = await start(context)
    const { a, load, endpoint } = running
    const row = new RegExp(`^app +${a.address} +${state} +unknown +1 +0$`)
    assert.match(await endpoint(action, a.address), row)
    assert.equal(await shareOf(a, load, 200), 0)
    assert.match(await endpoint('enable', a.address), / enabled /)
    const before = a.requests
    await load.until(() => a.requests > before + 50)
    await load.stop()
    assertAllWell(running)
  })
}

test('drain keeps those whom a cookie ties, disable sends them elsewhere', async (context) => {
  const running = await start(context, { sticky: { cookie: 'srv', secret: 'x' } })
  const { a, port, endpoint, load } = running
  let headers: Record<string, string> = {}
  for (let body = ''; body !== 'a'; ) {
    const answer = await ask(port)
    body = answer.body
    headers = { cookie: String(answer.headers['set-cookie']).split(';')[0] ?? '' }
  }
  await endpoint('drain', a.address)
  for (let i = 0; i < 10; i++) {
    assert.equal((await ask(port, { headers })).body, 'a')
    assert.equal((await ask(port)).body, 'b')
  }
  await endpoint('disable', a.address)
  for (let i = 0; i < 10; i++) assert.equal((await ask(port, { headers })).body, 'b')
  await endpoint('enable', a.address)
  for (let i = 0; i < 10; i++) assert.equal((await ask(port, { headers })).body, 'a')
  await load.stop()
  assertAllWell(running)
})

test('weight: shares follow it at once, and 0 is that of the config', async (context) => {
  const running = await start(context)
  const { a, load, endpoint } = running
  assert.match(await endpoint('weight', a.address, '9'), / 9 +0$/)
  const heavy = await shareOf(a, load, 600)
  assert.ok(heavy > 0.85 && heavy < 0.95, `${heavy} with 9 of 10`)
  assert.match(await endpoint('weight', a.address, '0'), / 1 +0$/)
  const equal = await shareOf(a, load, 600)
  assert.ok(equal > 0.45 && equal < 0.55, `${equal} with 1 of 2`)
  await load.stop()
  assertAllWell(running)
})

test('the last endpoint that is disabled goes on: answering badly is better than not at all', async (context) => {
  const running = await start(context)
  const { a, b, load, endpoint } = running
  for (const { address } of [a, b]) await endpoint('disable', address)
  const [before, beforeB] = [a.requests, b.requests]
  await load.until(() => a.requests > before + 20 && b.requests > beforeB + 20)
  await load.stop()
  assertAllWell(running)
})
