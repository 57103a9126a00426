import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { startSluice } from '../../support/sluice-process.ts'
import { curl } from '../support/curl.ts'
import { answering, caller, startGui, temporaryFiles } from '../support/start-gui.ts'

/** What a client gets; nothing if nobody listens. */
async function answerAt(port: number): Promise<string> {
  return (await curl(`http://127.0.0.1:${port}/`)).stdout
}

test('the story of the tutorial: run, edit, restart, stop', async (context) => {
  const port = await findFreePort()
  const { call, root } = await startGui(context, { 'hello/main.js': answering(port, 'Hello!') })

  assert.deepEqual((await call('GET', '/api/files')).json, { hello: { 'main.js': '' } })
  const before = await call('GET', '/api/files/hello/main.js')
  assert.equal(before.headers.get('content-type'), 'text/plain')
  assert.equal(before.text, answering(port, 'Hello!'))
  assert.equal((await call('GET', '/api/program')).text, '')
  assert.deepEqual((await call('GET', '/api/config')).json, {})

  assert.equal((await call('POST', '/api/program', '/hello/main.js')).status, 201)
  assert.equal((await call('GET', '/api/program')).text, '/hello/main.js')
  assert.equal(await answerAt(port), 'Hello!\n')
  const graphs = (await call('GET', '/api/config')).json
  assert.deepEqual(
    graphs['/hello/main.js'].nodes.map(({ name, t }: { name: string; t: string }) => [name, t]),
    [
      [`127.0.0.1:${port}`, 'root'],
      ['decodeHttpRequest', 'filter'],
      ['replaceMessage', 'filter'],
      ['encodeHttpResponse', 'filter'],
    ],
  )

  const edited = answering(port, 'Bye!')
  assert.equal((await call('POST', '/api/files/hello/main.js', edited)).status, 201)
  assert.equal(readFileSync(join(root, 'hello/main.js'), 'utf8'), edited)
  assert.equal(await answerAt(port), 'Hello!\n')
  assert.equal((await call('POST', '/api/program', '/hello/main.js')).status, 201)
  assert.equal(await answerAt(port), 'Bye!\n')

  const log = await call('GET', '/api/log')
  assert.match(log.text, /\[info\] \[listener\] Listening on 127\.0\.0\.1:\d+\n/)
  const size = Number(log.headers.get('x-log-size'))
  assert.equal(log.text.split('\n').length, size + 1)

  assert.equal((await call('DELETE', '/api/program')).status, 204)
  assert.equal((await call('GET', '/api/program')).text, '')
  assert.equal(await answerAt(port), '')
  const later = await call('GET', '/api/log', undefined, { 'x-log-size': String(size) })
  assert.match(later.text, /^\S+ \S+ \[info\] Stopped: \/hello\/main\.js\n$/)
  assert.equal((await call('POST', '/api/program', '/hello/main.js')).status, 201)
  assert.equal(await answerAt(port), 'Bye!\n')
})

test('a program that is wrong changes nothing, and its problems have places', async (context) => {
  const port = await findFreePort()
  const { call } = await startGui(context, {
    'good.js': answering(port, 'good'),
    'bad.js': 'pipy()\n\n.listen(1)\n  .demux(nonsense)\n',
    'throws.js': 'pipy()\n\n.listen(1)\n  .connect(17)\n',
    'taken.js': answering(port, 'other'),
    'broken.yaml':
      'listeners:\n- address: x\n  upstream: a\nupstreams: { a: { endpoints: [1] } }\n',
  })
  assert.equal((await call('POST', '/api/v1/program', { path: '/good.js' })).status, 200)
  const bad = await call('POST', '/api/v1/program', { path: '/bad.js' })
  assert.equal(bad.status, 422)
  assert.equal(bad.json.error, 'not_started')
  assert.deepEqual(bad.json.problems, [
    {
      severity: 'error',
      message: 'unresolved identifier nonsense',
      path: '/bad.js',
      line: 4,
      column: 10,
    },
  ])
  const { json } = await call('GET', '/api/v1/program')
  assert.equal(json.state, 'running')
  assert.equal(json.path, '/good.js')
  assert.equal(json.generation, 1)
  assert.deepEqual(json.problems, bad.json.problems)
  assert.equal(await answerAt(port), 'good\n')

  const [thrown] = (await call('POST', '/api/v1/program', { path: '/throws.js' })).json.problems
  assert.deepEqual([thrown.path, thrown.line], ['/throws.js', 4])
  const [config] = (await call('POST', '/api/v1/program', { path: '/broken.yaml' })).json.problems
  assert.deepEqual([config.path, config.line, config.column], ['/broken.yaml', 2, 12])
  assert.match(config.message, /^listeners\[0\]\.address: expected a port/)
  const plain = await call('POST', '/api/program', '/bad.js')
  assert.equal(plain.status, 400)
  assert.equal(plain.json.problems.length, 1)
  assert.equal((await call('POST', '/api/program', '/missing.js')).status, 400)
  assert.equal((await call('POST', '/api/v1/program', { path: '/missing.js' })).status, 404)
  assert.equal(await answerAt(port), 'good\n')
})

test('scripts and configs follow each other', async (context) => {
  const port = await findFreePort()
  const behind = await findFreePort()
  const { call } = await startGui(context, {
    'backend.js': answering(behind, 'backend'),
    'lb.yaml': `
listeners: [{ address: "127.0.0.1:${port}", upstream: app }]
upstreams: { app: { endpoints: ["127.0.0.1:${behind}"] } }
process: { workers: 2 }
`,
    'script.js': answering(port, 'script'),
  })
  assert.equal((await call('POST', '/api/program', '/lb.yaml')).status, 201)
  assert.match(await answerAt(port), /^$|Connection Refused|503/)
  assert.equal((await call('GET', '/api/v1/workers')).json.count, 2)
  assert.equal((await call('GET', '/api/v1/upstreams')).json.length, 1)
  assert.equal((await call('POST', '/api/program', '/script.js')).status, 201)
  assert.equal(await answerAt(port), 'script\n')
  const state = (await call('GET', '/api/v1/program')).json
  assert.deepEqual([state.kind, state.workers, state.generation], ['script', 1, 2])
  assert.equal((await call('POST', '/api/program', '/lb.yaml')).status, 201)
  assert.equal((await call('GET', '/api/v1/program')).json.kind, 'config')
})

test('nothing that a program needs is there while none runs', async (context) => {
  const { call } = await startGui(context, { 'a.js': answering(0, 'a') })
  for (const path of ['/api/v1/workers', '/api/v1/upstreams', '/api/v1/status', '/api/v1/stats']) {
    const { status, json } = await call('GET', path)
    assert.equal(status, 409, path)
    assert.equal(json.error, 'no_program')
  }
  assert.equal((await call('GET', '/healthz')).status, 200)
  const ready = await call('GET', '/readyz')
  assert.deepEqual([ready.status, ready.json.status], [503, 'no_program'])
  assert.equal((await call('DELETE', '/api/program')).status, 204)
})

test('a program that is named starts with the UI, and its folder is shown', async (context) => {
  const port = await findFreePort()
  const root = temporaryFiles(context, { 'main.js': answering(port, 'now'), 'other.js': '' })
  const sluice = startSluice(context, ['--gui-port=127.0.0.1:0', join(root, 'main.js')])
  const [, url = ''] = await sluice.line(/\[gui\] Web UI on (http:\S+)/)
  await sluice.line(/Script started: \/main\.js/)
  assert.equal(await answerAt(port), 'now\n')
  const files = (await caller(url)('GET', '/api/files')).json
  assert.deepEqual(files, { 'main.js': '', 'other.js': '' })
})

test('when the folder of the running program is deleted, others can be started', async (context) => {
  const [one, other] = [await findFreePort(), await findFreePort()]
  const { call } = await startGui(context, {
    'gone/main.js': answering(one, 'one'),
    'main.js': answering(other, 'other'),
  })
  assert.equal((await call('POST', '/api/program', '/gone/main.js')).status, 201)
  assert.equal((await call('DELETE', '/api/files/gone?recursive=true')).status, 204)
  assert.equal(await answerAt(one), 'one\n')
  const { status } = await call('POST', '/api/v1/config/reload')
  assert.equal(status, 422)
  assert.equal((await call('POST', '/api/program', '/main.js')).status, 201)
  assert.equal(await answerAt(other), 'other\n')
})

test('a broken program can be mended', async (context) => {
  const port = await findFreePort()
  const { call } = await startGui(context, { 'main.js': answering(port, 'now') }, [])
  assert.equal((await call('GET', '/api/v1/program')).json.state, 'stopped')
  await call('POST', '/api/files/main.js', 'pipy(')
  assert.equal((await call('POST', '/api/program', '/main.js')).status, 400)
  await call('POST', '/api/files/main.js', answering(port, 'mended'))
  assert.equal((await call('POST', '/api/program', '/main.js')).status, 201)
  assert.equal(await answerAt(port), 'mended\n')
})
