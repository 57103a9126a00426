import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { runSluice } from '../../support/sluice-process.ts'
import { curl } from '../support/curl.ts'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'

/** Two upstream servers that answer with their letter, behind two workers. */
async function start(context: TestContext): Promise<[RunningAdmin, RawServer, RawServer]> {
  const a = await startRawServer(
    context,
    answering(() => response('a')),
  )
  const b = await startRawServer(
    context,
    answering(() => response('b')),
  )
  const to = [a, b].flatMap(({ address }) => ['--to', address])
  const args = ['lb', '--listen', '127.0.0.1:0', ...to, '--workers', '2']
  return [await startAdmin(context, args), a, b]
}

/** Who answers a number of requests, each on a connection of its own. */
async function answers({ ports }: RunningAdmin, count = 12): Promise<string> {
  let text = ''
  for (let i = 0; i < count; i++) text += (await curl(`http://127.0.0.1:${ports[0]}/`)).stdout
  return text
}

function pathOf({ address }: RawServer): string {
  return `/api/v1/upstreams/default/endpoints/${encodeURIComponent(address)}`
}

test('an endpoint is drained, disabled and enabled on all workers', async (context) => {
  const [admin, a, b] = await start(context)
  assert.match(await answers(admin), /ab|ba/)
  for (const state of ['draining', 'disabled']) {
    const { status, json } = await admin.call('PATCH', pathOf(a), { state })
    assert.equal(status, 200)
    assert.equal(json.state, state)
    assert.match(await answers(admin), /^b+$/, state)
    const { text } = await admin.call('GET', '/metrics')
    assert.match(text, new RegExp(`^sluice_endpoint_up{.*endpoint="${a.address}"} 0$`, 'm'))
    assert.match(text, new RegExp(`^sluice_endpoint_up{.*endpoint="${b.address}"} 1$`, 'm'))
    await admin.call('PATCH', pathOf(a), { state: 'enabled' })
    assert.match(await answers(admin), /a/)
  }
  const { json } = await admin.call('GET', '/api/v1/upstreams')
  assert.deepEqual(
    json.map((one: { address: string; state: string }) => [one.address, one.state]),
    [a, b].map(({ address }) => [address, 'enabled']),
  )
})

test('weights change, and go back to those of the config', async (context) => {
  const [admin, a] = await start(context)
  assert.equal((await admin.call('PATCH', pathOf(a), { weight: 5 })).json.weight, 5)
  const text = await answers(admin, 24)
  const share = [...text].filter((letter) => letter === 'a').length
  assert.ok(share >= 17, text)
  assert.equal((await admin.call('PATCH', pathOf(a), { weight: 0 })).json.weight, 1)
})

test('what is not there, or makes no sense, is refused', async (context) => {
  const [admin, a] = await start(context)
  const nowhere = '/api/v1/upstreams/default/endpoints/127.0.0.1:1'
  assert.equal((await admin.call('PATCH', nowhere, { state: 'enabled' })).status, 404)
  for (const body of [{}, { state: 'gone' }, { weight: -1 }, { weight: 257 }, { other: 1 }])
    assert.equal((await admin.call('PATCH', pathOf(a), body)).status, 400, JSON.stringify(body))
  const headers = { authorization: '' }
  assert.equal((await admin.call('PATCH', pathOf(a), { weight: 2 }, headers)).status, 401)
})

test('the command does the same', async (context) => {
  const [admin, a] = await start(context)
  const run = (...args: string[]) => runSluice(['endpoint', ...args, '--admin', admin.url])
  const drained = await run('drain', a.address)
  assert.equal(drained.stderr, '')
  assert.match(drained.stdout, new RegExp(`^default +${a.address} +draining +unknown +1 +0$`, 'm'))
  assert.match(await answers(admin), /^b+$/)
  assert.match((await run('enable', a.address)).stdout, / enabled /)
  assert.match((await run('weight', a.address, '7')).stdout, / 7 +0$/m)
  assert.equal((await run()).stdout.trim().split('\n').length, 3)
  for (const [args, message] of [
    [['fly', a.address], /^sluice: fly: want drain, enable, disable or weight/],
    [['drain'], /^sluice: drain: which endpoint\? give its address/],
    [['drain', '10.0.0.1:1'], /^sluice: no endpoint 10\.0\.0\.1:1; known are 127\.0\.0\.1:/],
    [['weight', a.address, 'x'], /^sluice: x: want a weight from 0 to 256/],
  ] as const) {
    const { status, stderr } = await run(...args)
    assert.equal(status, 2)
    assert.match(stderr, message)
  }
})
