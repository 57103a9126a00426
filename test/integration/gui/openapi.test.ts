import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import {
  callOf,
  compareAll,
  type MinimalRequest,
  type Operation,
  operationsOf,
} from '../support/openapi.ts'
import { caller, type RunningGui, startGui, temporaryFiles } from '../support/start-gui.ts'

const CONFIG = `listeners: [{ address: '127.0.0.1:0', upstream: app }]
upstreams: { app: { endpoints: ['127.0.0.1:9'] } }
`
const FILES = { 'lb.yaml': CONFIG, 'a.txt': 'text' }
const ENDPOINT = '/api/v1/upstreams/{upstream}/endpoints/{address}'
const REQUESTS: Readonly<Record<string, MinimalRequest>> = {
  'GET /api/files/{*}': { path: '/api/files/lb.yaml' },
  'POST /api/files/{*}': { path: '/api/files/new.txt', body: 'text' },
  'DELETE /api/files/{*}': { path: '/api/files/moved.txt' },
  'POST /api/v1/files/move': { body: { from: '/a.txt', to: '/moved.txt' } },
  'POST /api/v1/folders': { body: { path: '/folder' } },
  'POST /api/program': { body: '/lb.yaml' },
  'POST /api/v1/program': { body: { path: '/lb.yaml' } },
  'POST /api/graph': { body: 'pipy()' },
  'POST /api/v1/verify': { body: { path: '/lb.yaml' } },
  'POST /api/v1/flow': { body: { path: '/lb.yaml' } },
  'POST /api/v1/taps': { body: { filter: '/lb.yaml#0.0' } },
  'GET /api/v1/taps/{id}': { path: '/api/v1/taps/1' },
  'DELETE /api/v1/taps/{id}': { path: '/api/v1/taps/1' },
  'POST /api/v1/session': { body: { token: 'wrong' } },
  'PUT /api/v1/workers': { body: { count: 1 } },
  [`PATCH ${ENDPOINT}`]: {
    path: '/api/v1/upstreams/app/endpoints/127.0.0.1%3A9',
    body: { weight: 2 },
  },
}
/** What reads, or is about the client alone, whatever its verb. */
const CHANGES_NOTHING = [
  /^(GET|OPTIONS) /,
  /^\w+ \/api\/(files|log)$/,
  /^POST \/api\/(graph|v1\/verify|v1\/flow)$/,
  /^\w+ \/api\/v1\/session$/,
]

function isChange({ name }: Operation): boolean {
  return !CHANGES_NOTHING.some((pattern) => pattern.test(name))
}

async function operationsAt({ call }: Pick<RunningGui, 'call'>): Promise<Operation[]> {
  return operationsOf((await call('GET', '/api/v1/openapi.json')).json)
}

test('every path and verb answers what the OpenAPI document says', async (context) => {
  const gui = await startGui(context, FILES)
  const operations = await operationsAt(gui)
  assert.equal((await gui.call('POST', '/api/program', '/lb.yaml')).status, 201)
  const answers = await compareAll(operations, REQUESTS, callOf(gui.url))
  for (const [name, { status, text }] of answers) {
    // A token is known to nobody here, because none is needed.
    const isServed = (status >= 200 && status < 300) || name === 'POST /api/v1/session'
    assert.ok(isServed, `${name}: ${status} ${text}`)
  }
})

test('it does so also while nothing runs', async (context) => {
  const gui = await startGui(context, FILES)
  const requests = {
    ...REQUESTS,
    'POST /api/program': { body: '/none.js' },
    'POST /api/v1/program': { body: { path: '/none.js' } },
  }
  await compareAll(await operationsAt(gui), requests, callOf(gui.url))
  assert.equal((await gui.call('GET', '/api/v1/program')).json.state, 'stopped')
})

test('--gui-readonly refuses every path and verb that changes something', async (context) => {
  const root = temporaryFiles(context, FILES)
  const args = ['--gui-port=127.0.0.1:0', '--gui-readonly', `${root}/lb.yaml`]
  const sluice = startSluice(context, args)
  const [, url = ''] = await sluice.line(/\[gui\] Web UI on (http:\S+)/)
  await sluice.ports()
  const gui = { url, call: caller(url) }
  const operations = await operationsAt(gui)
  const before = await look(gui)
  assert.equal(before.program.state, 'running')
  const answers = await compareAll(operations, REQUESTS, callOf(url))
  for (const operation of operations) {
    const { name, security } = operation
    const { status, json } = answers.get(name) ?? {}
    const isRefused = status === 403 && json.error === 'read_only'
    assert.equal(isRefused, isChange(operation), `${name}: ${status}`)
    assert.equal(security !== undefined, isChange(operation), `security of ${name}`)
  }
  assert.deepEqual(await look(gui), before)
})

/** All that could have been changed. */
async function look({ call }: Pick<RunningGui, 'call'>) {
  const [program, files, upstreams, workers] = await Promise.all(
    ['program', 'files', 'upstreams', 'workers'].map(async (name) => {
      return (await call('GET', `/api/v1/${name}`)).json
    }),
  )
  return { program, files, upstreams, workers, text: (await call('GET', '/api/files/a.txt')).text }
}
