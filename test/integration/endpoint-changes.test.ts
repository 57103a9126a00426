import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLbSpec } from '../../src/cli/lb-command.ts'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'

test('an operator drains, weighs and enables endpoints, on all workers and through a reload', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const to = [a, b].flatMap(({ address }) => ['--to', address])
  const spec = parseLbSpec(['--listen', '127.0.0.1:0', ...to])
  const options = { workers: 2, workerMemoryMb: 256, logLevel: 'error' } as const
  const orchestrator = new Orchestrator(spec, options)
  context.after(() => orchestrator.stop())
  await orchestrator.start()
  const port = Number(orchestrator.addresses[0]?.split(':')[1])
  const [first] = orchestrator.endpoints()
  assert.deepEqual(first, {
    upstream: first?.upstream,
    address: a.address,
    health: 'unknown',
    state: 'enabled',
    weight: 1,
    isEjected: false,
    ejections: 0,
  })
  const upstream = first?.upstream ?? ''
  const bodies = async (count: number): Promise<string> => {
    const answers = await Promise.all(Array.from({ length: count }, () => ask(port)))
    return [...new Set(answers.map(({ body }) => body))].sort().join('')
  }
  assert.equal(await bodies(40), 'ab')
  assert.equal(orchestrator.changeEndpoint(upstream, a.address, { state: 'draining' }), true)
  assert.equal(await bodies(40), 'b')
  await orchestrator.reload(spec)
  assert.equal(await bodies(40), 'b')
  assert.equal(orchestrator.endpoints()[0]?.state, 'draining')
  orchestrator.changeEndpoint(upstream, a.address, { state: 'enabled', weight: 9 })
  const before = a.requests
  await Promise.all(Array.from({ length: 200 }, () => ask(port)))
  const share = a.requests - before
  assert.ok(share > 170 && share < 190, `${share} of 200`)
  orchestrator.changeEndpoint(upstream, b.address, { state: 'disabled' })
  assert.equal(await bodies(40), 'a')
  assert.equal(orchestrator.changeEndpoint(upstream, 'nowhere:1', { weight: 1 }), false)
})
