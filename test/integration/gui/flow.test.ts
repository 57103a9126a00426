import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import type {
  EdgeRates,
  FlowGraph,
  FlowRates,
  GuiStats,
  ProgramState,
  TapEnd,
  TapEvent,
} from '../../../src/admin/gui/contract.ts'
import { AppServer } from '../support/app-server.ts'
import { curl } from '../support/curl.ts'
import { eventsOf } from '../support/events-of.ts'
import { answering, type RunningGui, startGui } from '../support/start-gui.ts'

/** A proxy to a server that answers, both in one program. */
function proxy(port: number, behind: number): string {
  return `${answering(behind, 'Hello!')}
.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .mux('upstream', () => '')

.pipeline('upstream')
  .encodeHttpRequest()
  .connect('127.0.0.1:${behind}')
  .decodeHttpResponse()
`
}

async function startProxy(
  context: Parameters<typeof startGui>[0],
): Promise<{ gui: RunningGui; port: number }> {
  const port = await findFreePort()
  const gui = await startGui(context, { 'main.js': proxy(port, await findFreePort()) })
  assert.equal((await gui.call('POST', '/api/program', '/main.js')).status, 201)
  return { gui, port }
}

/** Adds up what passed each edge until `isEnough`, while requests are made. */
async function watch(
  gui: RunningGui,
  port: number,
  isEnough: (messages: ReadonlyMap<string, number>) => boolean,
): Promise<{ messages: Map<string, number>; last: FlowRates }> {
  const messages = new Map<string, number>()
  let before = Date.now()
  for await (const { kind, data } of eventsOf(gui.url, 'flow')) {
    assert.equal(kind, 'flow')
    const rates = data as FlowRates
    const seconds = (rates.time - before) / 1000
    before = rates.time
    for (const { id, edges } of rates.pipelines) {
      for (const [index, edge] of edges.entries()) {
        const name = `${id} ${index}`
        messages.set(name, (messages.get(name) ?? 0) + edge.messages * seconds)
      }
    }
    if (isEnough(messages)) return { messages, last: rates }
    await curl(`http://127.0.0.1:${port}/`)
  }
  throw new Error('the stream has ended')
}

test('edges tell what passes them, also of codecs that are fused', async (context) => {
  const { gui, port } = await startProxy(context)
  // The connection to the server behind is older than the watching.
  await curl(`http://127.0.0.1:${port}/`)
  const graph: FlowGraph = (await gui.call('GET', '/api/v1/flow')).json
  const ids = graph.modules[0]?.pipelines.map(({ id }) => id) ?? []
  const edges = ids.flatMap((id, pipeline) =>
    // decode, replaceMessage, encode | decode, demux, encode | mux | encode, connect, decode
    Array.from({ length: [4, 4, 2, 4][pipeline] ?? 0 }, (_, edge) => `${id} ${edge}`),
  )
  const { messages, last } = await watch(gui, port, (seen) =>
    edges.every((edge) => (seen.get(edge) ?? 0) > 1.5),
  )
  assert.equal(messages.size, edges.length)
  assert.equal(last.generation, 1)
  assert.equal(last.sampled, 1)
  const shares = last.pipelines.flatMap((one) => one.shares)
  assert.ok(shares.every((share) => share >= 0 && share <= 1))
})

test('what is seen of a config is seen at the filters of its graph', async (context) => {
  const [port, other] = [await findFreePort(), await findFreePort()]
  const server = await AppServer.start(context, 'app')
  const gui = await startGui(context, {
    'lb.yaml': `routes: [{ upstream: app }]
listeners:
  - { name: idle, address: 127.0.0.1:${other} }
  - { name: busy, address: 127.0.0.1:${port}, rateLimit: { rate: 1000 } }
upstreams: { app: { endpoints: ["${server.address}"] } }
`,
  })
  assert.equal((await gui.call('POST', '/api/program', '/lb.yaml')).status, 201)
  const graph: FlowGraph = (await gui.call('GET', '/api/v1/flow')).json
  const pipelines = graph.modules[0]?.pipelines ?? []
  const idOf = (pipeline: string, filter: string): string => {
    const filters = pipelines.find(({ name }) => name === pipeline)?.filters ?? []
    return filters.find(({ name }) => name === filter)?.id ?? ''
  }
  const limit = idOf('request busy', 'limitRate')
  assert.notEqual(limit, '')
  const tap = await gui.call('POST', '/api/v1/taps', { filter: limit, count: 2 })
  const { messages } = await watch(gui, port, (seen) =>
    pipelines.some(({ id, name }) => name === 'upstream' && (seen.get(`${id} 1`) ?? 0) > 1.5),
  )
  const seenAt = (filter: string): number => messages.get(filter.replace(/\.(?=\d+$)/, ' ')) ?? 0
  for (const [pipeline, filter] of [
    ['request busy', 'beginRequest'],
    ['request busy', 'limitRate'],
    ['balance app', 'mux'],
  ] as const)
    assert.ok(seenAt(idOf(pipeline, filter)) > 0, `${pipeline}: ${filter}`)
  assert.equal(seenAt(idOf('request idle', 'beginRequest')), 0)
  const seen = (await gui.call('GET', `/api/v1/taps/${tap.json.id}`)).json
  assert.deepEqual(
    seen.events.map(({ side, kind }: TapEvent) => `${side} ${kind}`),
    ['in MessageStart', 'in MessageEnd'],
  )
})

test('each way to a pipeline has its own numbers, whatever filter it is of', async (context) => {
  const [port, nobody] = [await findFreePort(), await findFreePort()]
  const gui = await startGui(context, {
    'module.js':
      "pipy().pipeline('used').link('shared').pipeline('shared').onMessageStart(() => {})",
    'main.js': `pipy()
.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()
.pipeline('request')
  .mirror('shared')
  .fork('shared')
  .use('module.js', 'used')
  .link('linked')
.pipeline('linked')
  .mux('shared', () => '')
.pipeline('shared')
  .encodeHttpRequest()
  .connect('127.0.0.1:${nobody}')
  .decodeHttpResponse()
`,
  })
  assert.equal((await gui.call('POST', '/api/program', '/main.js')).status, 201)
  const graph: FlowGraph = (await gui.call('GET', '/api/v1/flow')).json
  const wires = graph.modules.flatMap(({ pipelines }) =>
    pipelines.flatMap(({ filters }) =>
      filters.flatMap(({ id, targets }) => targets.map(({ to }) => `${id} ${to}`)),
    ),
  )
  assert.equal(wires.length, 7)
  const [messages, errors] = [new Map<string, number>(), new Map<string, number>()]
  for await (const { data } of eventsOf(gui.url, 'flow')) {
    for (const { id, calls } of (data as FlowRates).pipelines) {
      for (const call of calls) {
        const wire = `${call.from} ${id}`
        messages.set(wire, (messages.get(wire) ?? 0) + call.messages)
        errors.set(wire, (errors.get(wire) ?? 0) + call.errors)
      }
    }
    const isSeen = wires.every((wire) => (messages.get(wire) ?? 0) > 0)
    // What nobody listens for is refused where it is connected, and told to whoever has asked.
    if (isSeen && (errors.get('/main.js#2.0 /main.js#3') ?? 0) > 0) break
    await curl(`http://127.0.0.1:${port}/`)
  }
  assert.deepEqual([...messages.keys()].sort(), wires.sort())
})

test('errors are counted, and nothing is while nobody watches', async (context) => {
  const port = await findFreePort()
  const nobody = await findFreePort()
  const gui = await startGui(context, {
    'main.js': `pipy()
.listen(${port}, { host: '127.0.0.1' })
  .connect('127.0.0.1:${nobody}')
`,
  })
  await gui.call('POST', '/api/program', '/main.js')
  for await (const { data } of eventsOf(gui.url, 'flow')) {
    const edges: readonly EdgeRates[] = (data as FlowRates).pipelines[0]?.edges ?? []
    if ((edges[1]?.errors ?? 0) > 0) break
    await curl(`http://127.0.0.1:${port}/`)
  }
})

test('requests of scripts are seen while somebody watches', async (context) => {
  const { gui, port } = await startProxy(context)
  const query = 'stats&distributions=worker:0,upstream:none'
  for await (const { kind, data } of eventsOf(gui.url, query)) {
    assert.equal(kind, 'stats')
    const { total, listeners, workers, distributions } = data as GuiStats
    assert.equal(workers.length, 1)
    if (total.requests > 0) {
      assert.equal(total.codes['2xx'], total.requests)
      assert.ok(total.latency.count > 0 && total.latency.p50 > 0)
      assert.ok((total.latency.buckets ?? []).length > 0)
      assert.ok(total.responseBytes > 0)
      assert.ok(listeners.some(({ listener }) => listener === `127.0.0.1:${port}`))
      assert.equal(workers[0]?.requests, total.requests)
      assert.deepEqual(distributions, [{ of: 'worker:0', buckets: total.latency.buckets }])
      break
    }
    await curl(`http://127.0.0.1:${port}/`)
  }
})

test('requests of scripts that wait for their answers are in progress', async (context) => {
  const port = await findFreePort()
  const server = await AppServer.start(context, 'late')
  const held: (() => void)[] = []
  server.handler = (_, response) => void held.push(() => response.end('late'))
  const gui = await startGui(context, {
    'main.js': `pipy()
.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()
.pipeline('request')
  .encodeHttpRequest()
  .connect('${server.address}')
  .decodeHttpResponse()
`,
  })
  await gui.call('POST', '/api/program', '/main.js')
  const answers: Promise<unknown>[] = []
  let isSeen = false
  for await (const { data } of eventsOf(gui.url, 'stats')) {
    const { total, listeners } = data as GuiStats
    if (answers.length === 0)
      for (let n = 0; n < 2; n++) answers.push(curl(`http://127.0.0.1:${port}/`))
    if (!isSeen && total.active === 2) {
      isSeen = true
      assert.equal(listeners[0]?.active, 2)
      for (const answer of held) answer()
      await Promise.all(answers)
    } else if (isSeen && listeners.length > 0 && total.active === 0) break
  }
})

test('of a script that records its requests the statistics are what is counted', async (context) => {
  const port = await findFreePort()
  const gui = await startGui(context, {
    'main.js': `pipy()
.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .beginRequest()
  .replaceMessage(new Message({ status: 404 }, 'none'))
  .endRequest()
`,
  })
  await gui.call('POST', '/api/program', '/main.js')
  await curl(`http://127.0.0.1:${port}/[1-3]`)
  for await (const { data } of eventsOf(gui.url, 'stats')) {
    const { total, listeners, workers } = data as GuiStats
    // Also of requests that nobody was watching.
    if (total.total < 3) continue
    assert.equal(total.total, 3)
    assert.deepEqual(
      listeners.map(({ listener, total }) => [listener, total]),
      [[`127.0.0.1:${port}`, 3]],
    )
    assert.ok(workers.length > 0)
    break
  }
})

test('the end of a tap that no event ends is told', async (context) => {
  const { gui } = await startProxy(context)
  const filter = '/main.js#1.1'
  const [deleted, outlived] = [
    (await gui.call('POST', '/api/v1/taps', { filter })).json.id,
    (await gui.call('POST', '/api/v1/taps', { filter })).json.id,
  ]
  const ended: TapEnd[] = []
  for await (const { kind, data } of eventsOf(gui.url, 'program,tap')) {
    if (kind === 'tap') ended.push(data as TapEnd)
    if (kind === 'program' && ended.length === 0) {
      assert.equal((await gui.call('DELETE', `/api/v1/taps/${deleted}`)).status, 204)
      assert.equal((await gui.call('POST', '/api/program', '/main.js')).status, 201)
    }
    if (ended.length === 2) break
  }
  assert.deepEqual(ended, [
    { tap: deleted, isOver: true },
    { tap: outlived, isOver: true },
  ])
})

test('a tap shows the next events with heads and bytes, and ends', async (context) => {
  const { gui, port } = await startProxy(context)
  const url = `http://127.0.0.1:${port}/some/path`
  const filter = '/main.js#1.1'
  const opened = await gui.call('POST', '/api/v1/taps', { filter, count: 5, maxBytes: 3 })
  assert.equal(opened.status, 201)
  const { id } = opened.json
  let tap = opened.json
  while (!tap.isOver) {
    await curl(url)
    tap = (await gui.call('GET', `/api/v1/taps/${id}`)).json
  }
  const events: TapEvent[] = tap.events
  assert.deepEqual(
    events.map(({ side, kind }) => `${side} ${kind}`),
    ['in MessageStart', 'in MessageEnd', 'out MessageStart', 'out Data', 'out MessageEnd'],
  )
  assert.match(events[0]?.head ?? '', /"path": "\/some\/path"/)
  assert.match(events[2]?.head ?? '', /"status": 200/)
  assert.equal(events[3]?.size, 'Hello!\n'.length)
  assert.equal(Buffer.from(events[3]?.bytes ?? '', 'base64').toString(), 'Hel')
  assert.deepEqual([events[0]?.isLast, events[4]?.isLast], [false, true])
  assert.equal((await curl(url)).stdout, 'Hello!\n')

  // Next to the socket, messages are seen before they are bytes.
  const connect = await gui.call('POST', '/api/v1/taps', { filter: '/main.js#3.1', count: 2 })
  let seen = connect.json
  while (!seen.isOver) {
    await curl(url)
    seen = (await gui.call('GET', `/api/v1/taps/${connect.json.id}`)).json
  }
  assert.equal(seen.events[0].kind, 'MessageStart')

  const waiting = await gui.call('POST', '/api/v1/taps', { filter })
  assert.equal((await gui.call('DELETE', `/api/v1/taps/${waiting.json.id}`)).status, 204)
  assert.equal((await gui.call('GET', `/api/v1/taps/${waiting.json.id}`)).json.isOver, true)
  assert.equal((await gui.call('POST', '/api/v1/taps', { filter: '/x#0.0' })).status, 404)
  assert.equal((await gui.call('POST', '/api/v1/taps', { filter, count: 0 })).status, 400)
  await gui.call('POST', '/api/v1/taps', { filter })
  await gui.call('POST', '/api/program', '/main.js')
  assert.equal((await gui.call('GET', `/api/v1/taps/4`)).json.isOver, true)
})

test('programs that are stopped leave no taps behind', async (context) => {
  const { gui } = await startProxy(context)
  const filter = '/main.js#1.1'
  const { id } = (await gui.call('POST', '/api/v1/taps', { filter })).json
  assert.equal((await gui.call('DELETE', '/api/program')).status, 204)
  assert.equal((await gui.call('GET', `/api/v1/taps/${id}`)).json.isOver, true)
  assert.equal((await gui.call('POST', '/api/v1/taps', { filter })).status, 409)
})

test('the state of the program and changed files are told as they happen', async (context) => {
  const { gui } = await startProxy(context)
  const states: string[] = []
  let hasWritten = false
  for await (const { kind, data } of eventsOf(gui.url, 'program,files')) {
    if (kind === 'program') {
      const { state, isStale } = data as ProgramState
      states.push(`${state}${isStale ? ' stale' : ''}`)
      if (state === 'running' && !isStale) {
        hasWritten = true
        await gui.call('POST', '/api/files/main.js', proxy(1, 1))
      }
      if (state === 'running' && isStale) await gui.call('DELETE', '/api/program')
      if (state === 'stopped') break
    } else assert.equal((data as { path: string }).path, '/main.js')
  }
  assert.ok(hasWritten)
  assert.deepEqual([...new Set(states)], ['running', 'running stale', 'stopping stale', 'stopped'])
})
