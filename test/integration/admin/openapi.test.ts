import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callOf, compareAll, type MinimalRequest, operationsOf } from '../support/openapi.ts'
import { startAdmin } from '../support/start-admin.ts'
import { temporaryFiles } from '../support/start-gui.ts'

const CONFIG = `listeners: [{ address: '127.0.0.1:0', upstream: app }]
upstreams: { app: { endpoints: ['127.0.0.1:9'] } }
`
const ENDPOINT = '/api/v1/upstreams/{upstream}/endpoints/{address}'
const REQUESTS: Readonly<Record<string, MinimalRequest>> = {
  'PUT /api/v1/workers': { body: { count: 1 } },
  [`PATCH ${ENDPOINT}`]: {
    path: '/api/v1/upstreams/app/endpoints/127.0.0.1%3A9',
    body: { weight: 2 },
  },
}

test('every path and verb answers what the OpenAPI document says', async (context) => {
  const root = temporaryFiles(context, { 'lb.yaml': CONFIG })
  const { url, token, call } = await startAdmin(context, [`${root}/lb.yaml`, '--workers', '1'])
  const operations = await operationsOf((await call('GET', '/api/v1/openapi.json')).json)
  const known = callOf(url, { authorization: `Bearer ${token}` })
  for (const [name, { status, text }] of await compareAll(operations, REQUESTS, known))
    assert.ok(status >= 200 && status < 300, `${name}: ${status} ${text}`)

  // Exactly those change something that want the token, as the document says.
  const answers = await compareAll(operations, REQUESTS, callOf(url))
  for (const { name, method, security } of operations) {
    assert.equal(answers.get(name)?.status === 401, method !== 'GET', name)
    assert.equal(security !== undefined, method !== 'GET', name)
  }
})
