import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder, temporaryScript } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'
import { startAdmin } from '../support/start-admin.ts'

const LB = ['lb', '--listen', '127.0.0.1:0', '--to', '127.0.0.1:1', '--workers', '1']

function hello(text: string): string {
  return `pipy().listen(0, { host: '127.0.0.1' }).decodeHttpRequest()
    .replaceMessage(() => new Message('${text}')).encodeHttpResponse()`
}

test('status, listeners and configuration tell what runs', async (context) => {
  const { sluice, ports, call } = await startAdmin(context, LB)
  const status = (await call('GET', '/api/v1/status')).json
  assert.equal(status.state, 'running')
  assert.equal(status.pid, sluice.child.pid)
  assert.equal(status.workersReady, 1)
  assert.deepEqual(status.listeners, [`127.0.0.1:${ports[0]}`])
  const listeners = (await call('GET', '/api/v1/listeners')).json
  const address = `127.0.0.1:${ports[0]}`
  assert.deepEqual(listeners, [{ listener: 0, asked: '127.0.0.1:0', address }])
  const config = (await call('GET', '/api/v1/config')).json
  assert.equal(config.kind, 'lb')
})

test('the configuration is told without what proves something to somebody', async (context) => {
  const file = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(
    file,
    `listeners: [{ address: '127.0.0.1:0', upstream: a }]
upstreams: { a: { endpoints: [9], sticky: { secret: hidden1 } } }
tracing: { otlp: 'http://user:hidden2@127.0.0.1:9', headers: { authorization: hidden3 } }
`,
  )
  const { call } = await startAdmin(context, [file, '--workers', '1'])
  const config = JSON.stringify((await call('GET', '/api/v1/config')).json)
  assert.doesNotMatch(config, /hidden/)
  assert.match(config, /"authorization":"\*\*\*"/)
  assert.match(config, /"url":"http:\/\/user:\*\*\*@127\.0\.0\.1:9\/v1\/traces"/)
})

test('the number of workers changes, also back', async (context) => {
  const { call } = await startAdmin(context, LB)
  const more = (await call('PUT', '/api/v1/workers', { count: 3 })).json
  assert.equal(more.count, 3)
  assert.deepEqual(
    more.workers.map((one: { state: string }) => one.state),
    ['Ready', 'Ready', 'Ready'],
  )
  assert.equal((await call('PUT', '/api/v1/workers', { count: 1 })).json.count, 1)
})

test('a script is loaded again; one that is wrong changes nothing', async (context) => {
  const script = temporaryScript(context, hello('one'))
  const { ports, call } = await startAdmin(context, [script, '--workers', '2'])
  const ask = async () => (await curl(`http://127.0.0.1:${ports[0]}/`)).stdout
  assert.equal(await ask(), 'one')

  writeFileSync(script, hello('two'))
  const reloaded = await call('POST', '/api/v1/config/reload')
  assert.equal(reloaded.status, 200)
  assert.deepEqual(reloaded.json, [`127.0.0.1:${ports[0]}`])
  assert.equal(await ask(), 'two')

  writeFileSync(script, 'pipy(')
  const refused = await call('POST', '/api/v1/config/reload')
  assert.equal(refused.status, 422)
  assert.equal(refused.json.error, 'not_loaded')
  const [problem, ...others] = refused.json.problems
  assert.deepEqual(others, [])
  assert.equal(problem.path, script)
  assert.equal(problem.line, 1)
  assert.equal(problem.severity, 'error')
  assert.match(problem.message, /^unexpected token/)
  assert.equal(await ask(), 'two')
})

test('of many problems of a config a hundred are told', async (context) => {
  const file = join(temporaryFolder(context), 'lb.yaml')
  const good = `listeners: [{ address: '127.0.0.1:0', upstream: a }]
upstreams: { a: { endpoints: [9] } }
`
  writeFileSync(file, good)
  const { call } = await startAdmin(context, [file, '--workers', '1'])
  const keys = Array.from({ length: 150 }, (_, index) => `key${index}: 1\n`)
  writeFileSync(file, good + keys.join(''))
  const { json } = await call('POST', '/api/v1/config/reload')
  assert.equal(json.message, 'cannot load config: lb.yaml has 150 problems')
  assert.equal(json.problems.length, 100)
  const { message, ...place } = json.problems[0]
  assert.match(message, /^key0: unknown key "key0"/)
  assert.deepEqual(place, { severity: 'error', path: file, line: 3, column: 1 })
})

test('a program from options cannot be loaded again', async (context) => {
  const { call } = await startAdmin(context, LB)
  const { status, json } = await call('POST', '/api/v1/config/reload')
  assert.equal(status, 409)
  assert.equal(json.error, 'no_file')
})

test('a process that drains is alive but not ready', async (context) => {
  const script = temporaryScript(context, "pipy().listen(0, { host: '127.0.0.1' })")
  const { sluice, ports, call } = await startAdmin(context, [script])
  const socket = connect(ports[0] as number, '127.0.0.1')
  context.after(() => socket.destroy())
  await new Promise((resolve) => {
    socket.write('x')
    socket.once('data', resolve)
  })
  sluice.signal('SIGTERM')
  await sluice.line(/shutting down/)
  assert.equal((await call('GET', '/healthz')).status, 200)
  const ready = await call('GET', '/readyz')
  assert.equal(ready.status, 503)
  assert.equal(ready.json.status, 'draining')
  assert.equal((await call('PUT', '/api/v1/workers', { count: 2 })).status, 409)
})
