import assert from 'node:assert/strict'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'
import { type TestContext, test } from 'node:test'
import { parseLbSpec } from '../../../src/cli/lb-command.ts'
import { Discovery } from '../../../src/orchestrator/discovery.ts'
import { formatAddress } from '../../../src/program/format-address.ts'
import type { ProgramSpec } from '../../../src/program/spec.ts'

/** Puts a table in the place of the system's; names that are not in it do not exist. */
function useTable(context: TestContext, table: Record<string, string[]>): void {
  const { lookup } = dns
  const inTable = (name: string, _options: object, done: (...found: unknown[]) => void): void => {
    const found = (table[name] ?? []).map((address) => ({ address, family: isIP(address) }))
    process.nextTick(done, null, found)
  }
  dns.lookup = inTable as unknown as typeof dns.lookup
  syncBuiltinESMExports()
  context.after(() => {
    dns.lookup = lookup
    syncBuiltinESMExports()
  })
}

function programTo(...addresses: string[]): ProgramSpec {
  return parseLbSpec(['--listen', '127.0.0.1:0', ...addresses.flatMap((one) => ['--to', one])])
}

function endpointsOf(spec: ProgramSpec): string[] {
  if (spec.kind !== 'lb') return []
  return spec.upstreams.flatMap(({ endpoints }) =>
    endpoints.map((one) => `${formatAddress(one)} ${one.weight}`),
  )
}

test('a name is an endpoint for each of its addresses, with its weight, in its place', async (context) => {
  useTable(context, { 'two.test': ['10.0.0.2', '10.0.0.1'], 'six.test': ['2001:db8::1'] })
  const discovery = new Discovery(() => {})
  const spec = programTo('10.9.9.9:1', 'two.test:80=3', 'six.test:80', 'unix:/tmp/a')
  await discovery.learn(spec)
  assert.deepEqual(endpointsOf(discovery.expand(spec)), [
    '10.9.9.9:1 1',
    'two.test:80@10.0.0.1 3',
    'two.test:80@10.0.0.2 3',
    'six.test:80@2001:db8::1 1',
    'unix:/tmp/a 1',
  ])
})

test('a name that is not found stays an endpoint itself, and so does localhost', async (context) => {
  useTable(context, { localhost: ['::1', '127.0.0.1'] })
  const discovery = new Discovery(() => {})
  const spec = programTo('nowhere.test:80', 'localhost:80')
  await discovery.learn(spec)
  assert.deepEqual(endpointsOf(discovery.expand(spec)), ['nowhere.test:80 1', 'localhost:80 1'])
})

test('no more than 64 addresses of a name are used, the same whatever their order', async (context) => {
  const many = Array.from({ length: 70 }, (_, i) => `10.0.1.${i}`)
  useTable(context, { 'many.test': many, 'turned.test': many.toReversed() })
  const discovery = new Discovery(() => {})
  const spec = programTo('many.test:1', 'turned.test:1')
  await discovery.learn(spec)
  const endpoints = endpointsOf(discovery.expand(spec))
  assert.equal(endpoints.length, 128)
  const addresses = (name: string): string[] =>
    endpoints.filter((one) => one.startsWith(name)).map((one) => one.replace(/.*@/, ''))
  assert.deepEqual(addresses('many.test'), addresses('turned.test'))
})

test('names are looked up again when their time is over; a failure changes nothing', async (context) => {
  const table: Record<string, string[]> = { 'changing.test': ['10.0.0.1'] }
  useTable(context, table)
  context.mock.timers.enable({ apis: ['Date', 'setInterval'], now: 1_000_000 })
  let changes = 0
  const discovery = new Discovery(() => changes++)
  const spec = programTo('changing.test:80')
  await discovery.learn(spec)
  discovery.watch(spec)
  context.after(() => discovery.stop())
  const pass = async (seconds: number): Promise<string[]> => {
    for (let i = 0; i < seconds; i++) {
      context.mock.timers.tick(1000)
      await new Promise((done) => setImmediate(done))
    }
    return endpointsOf(discovery.expand(spec))
  }
  table['changing.test'] = ['10.0.0.2', '10.0.0.1']
  assert.deepEqual(await pass(5), ['changing.test:80@10.0.0.1 1'])
  const both = ['changing.test:80@10.0.0.1 1', 'changing.test:80@10.0.0.2 1']
  assert.deepEqual(await pass(10), both)
  table['changing.test']?.reverse()
  assert.deepEqual(await pass(20), both)
  delete table['changing.test']
  assert.deepEqual(await pass(20), both)
  assert.equal(changes, 1)
})
