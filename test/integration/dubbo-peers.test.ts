import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { startScript } from './support/start-script.ts'

type Call = [method: string, ...values: unknown[]]

function peer(name: string): string {
  return fileURLToPath(new URL(`./support/${name}.js`, import.meta.url))
}

interface Provider {
  port: number
  /** Resolves when it has begun to sleep for somebody. */
  isAsleep(): Promise<unknown>
  kill(): void
}

async function startProvider(context: TestContext, name: string): Promise<Provider> {
  const port = await findFreePort()
  const child = spawn(process.execPath, [peer('sofa-server'), String(port), name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  context.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return {
    port,
    isAsleep: () => once(child.stdout, 'data'),
    kill: () => child.kill('SIGKILL'),
  }
}

/** Makes calls, all at once, from one consumer. (The provider cannot answer 0, '' or null.) */
async function consume(context: TestContext, port: number, calls: Call[]): Promise<unknown[]> {
  const child = spawn(process.execPath, [peer('sofa-client'), `127.0.0.1:${port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  context.after(() => child.kill('SIGKILL'))
  child.stdin.end(JSON.stringify(calls))
  return JSON.parse(await text(child.stdout)) as unknown[]
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** The example, with the ports of this test. */
async function startExample(context: TestContext, providers: Provider[]): Promise<number> {
  const [one, other] = providers
  const script = readFileSync('examples/dubbo-lb/main.js', 'utf8')
    .replace('listen(20880)', "listen(0, { host: '127.0.0.1' })")
    .replace('responseTimeout: 5 ', 'responseTimeout: 60 ')
    .replace('127.0.0.1:20881', `127.0.0.1:${one?.port}`)
    .replace('127.0.0.1:20882', `127.0.0.1:${other?.port}`)
  const { port } = await startScript(context, script)
  return port
}

test('a consumer and two providers of another make', async (context) => {
  const providers = [await startProvider(context, 'one'), await startProvider(context, 'other')]
  const port = await startExample(context, providers)
  const long = 'Ünïcode 😀 '.repeat(20_000)
  const outcomes = await consume(context, port, [
    ['echo', 'hello'],
    ['plus', 40, 2],
    ['echo', { list: [1, 'two', null, { three: 3.5 }], nested: { yes: true } }],
    ['fail'],
  ])
  assert.deepEqual(outcomes, [
    'hello',
    42,
    { list: [1, 'two', null, { three: 3.5 }], nested: { yes: true } },
    { error: 'as asked' },
  ])
  const [echo] = await consume(context, port, [['echo', long]])
  assert.ok(echo === long)
})

test('calls of one consumer are spread over the providers, and answers overtake each other', async (context) => {
  const providers = [await startProvider(context, 'one'), await startProvider(context, 'other')]
  const port = await startExample(context, providers)
  const naps = Array.from({ length: 200 }, (_, index) => 1 + ((index * 37) % 300))
  const calls: Call[] = naps.map((ms) => ['sleep', ms])
  const started = performance.now()
  const [slept, names] = await Promise.all([
    consume(context, port, calls),
    consume(
      context,
      port,
      Array.from({ length: 100 }, (): Call => ['name']),
    ),
  ])
  assert.deepEqual(slept, naps)
  assert.ok(performance.now() - started < sum(naps), 'calls run side by side')
  const ones = names.filter((name) => name === 'one').length
  assert.equal(names.filter((name) => name === 'other').length, 100 - ones)
  assert.ok(ones > 20 && ones < 80, `${ones} of 100 went to one provider`)
})

test('when providers die, their calls fail at once', async (context) => {
  const providers = [await startProvider(context, 'one'), await startProvider(context, 'other')]
  const port = await startExample(context, providers)
  const pending = consume(context, port, [
    ['sleep', 60_000],
    ['sleep', 60_000],
  ])
  await Promise.all(providers.map((provider) => provider.isAsleep()))
  const names = await consume(context, port, [['name'], ['name']])
  assert.deepEqual(names.sort(), ['one', 'other'], 'other calls are not held up')
  for (const provider of providers) provider.kill()
  for (const outcome of await pending) {
    assert.match(String((outcome as { error?: string }).error), /Read Error/)
  }
})
