import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import type { FlowGraph, FlowPipeline, Problem, Registry } from '../../../src/admin/gui/contract.ts'
import { answering, type RunningGui, startGui } from '../support/start-gui.ts'

const PROXY = `pipy({ _target: '' })

.listen(6080, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .use('modules/count.js', 'count')
  .mux(
    'upstream',
    () => _target
  )

.pipeline('upstream')
  .fork('log')
  .connect('127.0.0.1:9001')

.pipeline('log')
  .dump()

.task('5s')
  .replaceMessage(new SessionEnd)
`

const FILES = {
  'proxy/main.js': PROXY,
  'proxy/modules/count.js': "pipy()\n\n.pipeline('count')\n  .dummy()\n",
  'lb.yaml':
    'listeners: [{ address: "127.0.0.1:0", upstream: app }]\nupstreams: { app: { endpoints: [9001] } }\n',
}

function start(context: TestContext, ...args: string[]): Promise<RunningGui> {
  return startGui(context, FILES, args)
}

async function flowOf({ call }: RunningGui, path: string, text?: string): Promise<FlowGraph> {
  const { status, json } = await call('POST', '/api/v1/flow', {
    path,
    ...(text !== undefined && { text }),
  })
  assert.equal(status, 200)
  return json
}

function outline({ title, filters }: FlowPipeline): string[] {
  return [title, ...filters.map(({ name, options }) => `${name}(${options.replace(/\s+/g, ' ')})`)]
}

test('the graph of a script has its modules, options, places and edges', async (context) => {
  const gui = await start(context)
  const { generation, modules } = await flowOf(gui, '/proxy/main.js')
  assert.equal(generation, 0)
  assert.deepEqual(
    modules.map(({ path }) => path),
    ['/proxy/main.js', '/proxy/modules/count.js'],
  )
  const pipelines = modules[0]?.pipelines ?? []
  assert.deepEqual(pipelines.map(outline), [
    ['Listen on 127.0.0.1:6080', 'decodeHttpRequest()', "demux('request')", 'encodeHttpResponse()'],
    ['request', "use('modules/count.js', 'count')", "mux('upstream', () => _target)"],
    ['upstream', "fork('log')", "connect('127.0.0.1:9001')"],
    ['log', 'dump()'],
    ['Task #1 (every 5s)', 'replaceMessage(new SessionEnd)'],
  ])
  const [listen, request, upstream] = pipelines
  assert.equal(listen?.id, '/proxy/main.js#0')
  assert.equal(listen?.options, "{ host: '127.0.0.1' }")
  assert.deepEqual(listen?.filters[1]?.place, { line: 5, column: 4, endLine: 5, endColumn: 20 })
  assert.equal(listen?.filters[1]?.id, '/proxy/main.js#0.1')
  assert.deepEqual(listen?.filters[1]?.targets, [
    { kind: 'join', to: '/proxy/main.js#1', name: 'request' },
  ])
  assert.deepEqual(request?.filters[0]?.targets, [
    {
      kind: 'join',
      to: '/proxy/modules/count.js#0',
      name: 'count',
      module: '/proxy/modules/count.js',
    },
  ])
  assert.equal(upstream?.filters[0]?.targets[0]?.kind, 'fork')
})

test('texts that are not saved are drawn, and what is wrong with them is told', async (context) => {
  const gui = await start(context)
  const unsaved = await flowOf(gui, '/new.js', "pipy().listen(port).link('a')")
  const [only] = unsaved.modules[0]?.pipelines ?? []
  assert.equal(only?.title, 'Listen #1')
  assert.deepEqual(only?.filters[0]?.targets, [{ kind: 'join', to: '', name: 'a' }])
  const broken = await gui.call('POST', '/api/v1/flow', { path: '/new.js', text: 'pipy().\n' })
  assert.equal(broken.status, 422)
  assert.deepEqual([broken.json.problems[0].path, broken.json.problems[0].line], ['/new.js', 2])

  const graph = await gui.call('POST', '/api/graph', PROXY)
  assert.equal(graph.status, 200)
  const { roots, nodes } = graph.json
  assert.deepEqual(
    roots.map((root: number) => nodes[root].name),
    ['Listen 127.0.0.1:6080', 'Task every 5s'],
  )
  const wrong = await gui.call('POST', '/api/graph', 'pipy(')
  assert.equal(wrong.status, 400)
  assert.match(wrong.json.error, /^Syntax error: .* at line 1 column 6/)
  assert.equal((await gui.call('GET', '/api/graph')).status, 405)
})

test('texts that are too large are not looked at, and messages that quote them are short', async (context) => {
  const { call } = await start(context)
  const text = `pipy()\n${'// a comment\n'.repeat(200_000)}`
  const checked = await call('POST', '/api/v1/verify', { path: '/a.js', text })
  assert.equal(checked.status, 200)
  assert.match(checked.json.problems[0].message, /larger than 2 MiB/)
  const drawn = await call('POST', '/api/v1/flow', { path: '/a.js', text })
  assert.equal(drawn.status, 422)
  assert.match(drawn.json.problems[0].message, /larger than 2 MiB/)
  const plain = await call('POST', '/api/graph', text)
  assert.equal(plain.status, 400)
  assert.match(plain.json.error, /larger than 2 MiB/)

  const name = 'x'.repeat(100_000)
  const long = { path: '/a.js', text: `pipy().listen(${name})` }
  const { message } = (await call('POST', '/api/v1/verify', long)).json.problems[0]
  assert.ok(message.startsWith('unresolved identifier x') && message.length < 600)
  const missing = await call('POST', '/api/v1/verify', { path: `/${name}/../../${name}`, text: '' })
  assert.ok(missing.text.length < 1000)
})

test('of unsaved texts, nothing outside of the root is looked at', async (context) => {
  const { call } = await start(context, '--gui-readonly')
  const problems = async (cert: string): Promise<string[]> => {
    const text = `listeners:
- { address: "127.0.0.1:0", upstream: app, tls: { cert: ${cert}, key: ${cert} } }
upstreams: { app: { endpoints: [9001], tls: { ca: ${cert}, cert: ${cert}, key: ${cert} } } }
`
    const { json } = await call('POST', '/api/v1/verify', { path: '/tls.yaml', text })
    assert.equal(
      (await call('POST', '/api/v1/flow', { path: '/tls.yaml', text })).status,
      json.problems.length === 0 ? 200 : 422,
    )
    return json.problems.map(({ message }: Problem) => message)
  }
  for (const cert of ['/etc/shadow', '/nope', '/dev/zero', '/etc', '../nope.pem'])
    assert.deepEqual(await problems(cert), [], cert)
  assert.match(
    (await problems('nope.pem'))[0] ?? '',
    /cannot read .*nope.pem: there is no such file/,
  )
  assert.match((await problems('lb.yaml'))[0] ?? '', /tls/)
  const files = `listeners:
- { address: "127.0.0.1:0", routes: [{ files: { root: /nope } }, { files: { root: nope } }] }
`
  const { json } = await call('POST', '/api/v1/verify', { path: '/files.yaml', text: files })
  assert.deepEqual(
    json.problems.map(({ line, message }: Problem) => [line, /there is no folder/.test(message)]),
    [[2, true]],
  )
})

test('problems are found as a text is typed, running nothing of it', async (context) => {
  const { call } = await start(context)
  const problems = async (path: string, text: string, isRun = false): Promise<string[]> => {
    const { status, json } = await call('POST', '/api/v1/verify', { path, text, isRun })
    assert.equal(status, 200)
    return json.problems.map(
      ({ severity, message, line, column }: Problem) => `${severity} ${line}:${column} ${message}`,
    )
  }
  assert.deepEqual(await problems('/proxy/main.js', PROXY), [])
  assert.deepEqual(await problems('/a.js', 'pipy()\n.listen(1)\n.lnk("a")\n.link("b")'), [
    'error 3:2 there is no filter lnk',
    'error 4:2 pipeline not found: b',
  ])
  assert.deepEqual(await problems('/a.js', 'pipy()\n  .listen(x)'), [
    'error 2:11 unresolved identifier x',
  ])
  const throws = 'pipy()\n  .listen(os.nothing.at.all)'
  assert.deepEqual(await problems('/a.js', throws), [])
  const [thrown = ''] = await problems('/a.js', throws, true)
  assert.match(thrown, /^error 2:\d+ .*nothing|undefined/)
  const [yaml = ''] = await problems('/lb.yaml', 'listeners:\n- address: x\n  upstream: a\n')
  assert.match(yaml, /^error \d+:\d+ /)
  assert.deepEqual(await problems('/lb.yaml', FILES['lb.yaml']), [])
  assert.match((await problems('/data.json', '{ "a": }'))[0] ?? '', /^error 1:9 /)
  assert.deepEqual(await problems('/notes.txt', 'anything'), [])
  const saved = await call('POST', '/api/v1/verify', { path: '/proxy/main.js' })
  assert.deepEqual(saved.json, { problems: [] })
  assert.equal((await call('POST', '/api/v1/verify', { path: '/no.js' })).status, 404)
  assert.equal((await call('POST', '/api/v1/verify', { path: '/../a.js', text: '' })).status, 404)
})

test('the running program has a graph, with what its script says', async (context) => {
  const port = await findFreePort()
  const gui = await startGui(context, { ...FILES, 'hello/main.js': answering(port, 'Hi') })
  assert.equal((await gui.call('GET', '/api/v1/flow')).status, 409)
  await gui.call('POST', '/api/program', '/hello/main.js')
  const running: FlowGraph = (await gui.call('GET', '/api/v1/flow')).json
  assert.equal(running.generation, 1)
  assert.deepEqual(running.modules, (await flowOf(gui, '/hello/main.js')).modules)
  await gui.call('POST', '/api/program', '/lb.yaml')
  const config: FlowGraph = (await gui.call('GET', '/api/v1/flow')).json
  assert.deepEqual(config.modules, (await flowOf(gui, '/lb.yaml')).modules)
  const upstream = config.modules[0]?.pipelines.find(({ name }) => name === 'upstream')
  assert.match(upstream?.filters[1]?.options ?? '', /connectTimeout: 5/)
})

test('graphs of configs tell where their parts come from', async (context) => {
  const gui = await start(context)
  const text = `routes:
  - match: { host: a.example }
    compress: true
    upstream: app
  - redirect: { host: b.example }
listeners:
  - address: 127.0.0.1:0
    rateLimit: { rate: 100 }
  - { address: 127.0.0.1:0, protocol: tcp, upstream: app }
upstreams:
  app:
    balance: random
    endpoints: [9001]
`
  const { modules } = await flowOf(gui, '/new.yaml', text)
  const lines = (modules[0]?.pipelines ?? []).flatMap(({ name, place, filters }) => [
    `${name}: ${place?.line}-${place?.endLine}`,
    ...filters.flatMap((one) =>
      one.place === undefined ? [] : `  ${one.name}: ${one.place.line}`,
    ),
  ])
  const [listen = '', ...others] = lines
  assert.equal(listen, '127.0.0.1:0: 7-8')
  assert.deepEqual(others, [
    '  demux: 1',
    '127.0.0.1:0: 9-9',
    '  connect: 9',
    'request: 7-8',
    '  limitRate: 8',
    'request let in: 7-8',
    '  route: 1',
    'route 0: 2-4',
    '  compressResponse: 3',
    'route 0 uncompressed: 2-4',
    '  link: 4',
    'route 1: 5-5',
    '  redirect: 5',
    'balance app: 11-13',
    '  mux: 12',
    'upstream: 11-13',
    '  connect: 13',
  ])
})

test('a config that is a module is drawn only if it may run', async (context) => {
  const files = {
    'lb.config.ts': `const port: number = 0
console.log('it runs')
export default {
  listeners: [{ address: port, upstream: 'app' }],
  upstreams: { app: { endpoints: [9001] } },
}
`,
  }
  const gui = await startGui(context, files)
  const ask = (more: object): Promise<{ status: number; json: { error: string } & FlowGraph }> =>
    gui.call('POST', '/api/v1/flow', { path: '/lb.config.ts', ...more })
  const refused = await ask({})
  assert.deepEqual([refused.status, refused.json.error], [422, 'not_run'])
  const drawn = await ask({ isRun: true })
  assert.equal(drawn.status, 200)
  assert.ok(drawn.json.modules[0]?.pipelines.some(({ name }) => name === 'upstream'))
  const wrong = await ask({ isRun: true, text: 'export default { listeners: [] }' })
  assert.deepEqual([wrong.status, wrong.json.error], [422, 'not_drawn'])

  const readonly = await startGui(context, files, ['--gui-readonly'])
  const path = '/lb.config.ts'
  const answer = await readonly.call('POST', '/api/v1/flow', { path, isRun: true })
  assert.deepEqual([answer.status, answer.json.error], [422, 'not_run'])
})

test('the registry documents all that scripts are made of', async (context) => {
  const { call } = await start(context, '--gui-readonly')
  const { filters, entries, globals, errors, declarations }: Registry = (
    await call('GET', '/api/v1/registry')
  ).json
  const mux = filters.find(({ name }) => name === 'mux')
  assert.match(mux?.signature ?? '', /^mux\(target: string, /)
  assert.equal(mux?.isExtension, false)
  assert.equal(filters.find(({ name }) => name === 'route')?.isExtension, true)
  assert.deepEqual(
    entries.map(({ name }) => name),
    ['listen', 'pipeline', 'task'],
  )
  const algo = globals.find(({ name }) => name === 'algo')
  const cache = algo?.members.find(({ name }) => name === 'Cache')
  assert.equal(cache?.doc, 'Remembers what a function made of its keys.')
  assert.deepEqual(
    cache?.members.map(({ name }) => name),
    ['constructor', 'get', 'has', 'remove', 'clear'],
  )
  const readFile = globals
    .find(({ name }) => name === 'os')
    ?.members.find(({ name }) => name === 'readFile')
  assert.equal(readFile?.signature, 'readFile(path: string): Data | null')
  for (const name of ['Data', 'Message', 'URL', 'JSON', 'crypto', 'pipy', 'repeat', '__inbound'])
    assert.ok(
      globals.some((one) => one.name === name),
      name,
    )
  assert.ok(errors.some(({ code, status }) => code === 'ConnectionRefused' && status === 503))
  assert.match(declarations, /interface Configuration/)
})
