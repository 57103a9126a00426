import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { answering, type RawServer, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** A server that answers its own name. */
function named(context: TestContext, name: string): Promise<RawServer> {
  return startRawServer(
    context,
    answering(() => response(name)),
  )
}

/** Sends `count` requests on one connection and returns the names of who answered, in order. */
async function whoAnswers(context: TestContext, port: number, count: number): Promise<string> {
  const client = await connectRaw(context, port)
  let names = ''
  for (let i = 0; i < count; i++) names += (await client.write(GET).message()).body
  return names
}

test('round robin takes turns, request by request', async (context) => {
  const upstreams = [await named(context, 'a'), await named(context, 'b')]
  const { port } = await startLb(context, upstreams)
  assert.match(await whoAnswers(context, port, 10), /^(ab){5}$|^(ba){5}$/)
})

test('round robin goes on over several client connections', async (context) => {
  const upstreams = [await named(context, 'a'), await named(context, 'b')]
  const { port } = await startLb(context, upstreams)
  let names = ''
  for (let i = 0; i < 6; i++) names += (await exchange(context, port, GET)).body
  assert.match(names, /^(ab){3}$|^(ba){3}$/)
})

test('weights give shares, spread out', async (context) => {
  const a = await named(context, 'a')
  const b = await named(context, 'b')
  const { port } = await startLb(context, [`${a.address}=3`, `${b.address}=1`])
  const names = await whoAnswers(context, port, 16)
  assert.equal(names.replaceAll('b', '').length, 12)
  assert.match(names, /^(a{0,3}b)(aaab){3}a{0,3}$/)
})

test('random picks all endpoints in the end', async (context) => {
  const upstreams = [await named(context, 'a'), await named(context, 'b')]
  const { port } = await startLb(context, upstreams, '--balance', 'random')
  // The chance that 60 fair picks are all the same is 2 in 10^18.
  const names = await whoAnswers(context, port, 60)
  assert.ok(names.includes('a') && names.includes('b'), names)
})

test('least connections avoids who is busy', async (context) => {
  const busy = await startRawServer(context)
  const idle = await named(context, 'b')
  const { port } = await startLb(context, [busy, idle], '--balance', 'least-connections')
  // Of the first two requests one gets stuck.
  const first = await connectRaw(context, port)
  first.write(GET)
  const second = await connectRaw(context, port)
  second.write(GET)
  const stuck = await busy.connection()
  await stuck.message()
  const answers = [first.message(), second.message()]
  assert.equal((await Promise.race(answers)).body, 'b')
  assert.equal(await whoAnswers(context, port, 10), 'b'.repeat(10))
  stuck.write(response('a'))
  assert.deepEqual((await Promise.all(answers)).map(({ body }) => body).sort(), ['a', 'b'])
})

test('two workers serve the same upstreams', async (context) => {
  const upstreams = [await named(context, 'a'), await named(context, 'b')]
  const { port } = await startLb(context, upstreams, '--workers', '2')
  const bodies = await Promise.all(
    Array.from({ length: 40 }, async () => (await exchange(context, port, GET)).body),
  )
  assert.equal(bodies.filter((body) => body === 'a' || body === 'b').length, 40)
  assert.ok(bodies.includes('a') && bodies.includes('b'))
})
