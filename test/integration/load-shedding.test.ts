import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { Agent } from 'node:http'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import { startUpstream } from './support/start-upstream.ts'

/** What the server does at a time, and how long one request takes it. */
const PLACES = 4
const SERVICE_MS = 10
const QUEUE = 8
/** Without a limit, all of them would wait for each other. */
const CLIENTS = 160
/** Requests that others may overtake between client and balancer, on a machine with much to do. */
const ON_THE_WAY = 60
const ROUNDS = 10

test('more load than an upstream bears: some are answered in time, others told to come again', async (context) => {
  const server = await AppServer.start(context, 'a')
  let active = 0
  let mostActive = 0
  let served = 0
  server.handler = (_, response: ServerResponse) => {
    mostActive = Math.max(mostActive, ++active)
    setTimeout(() => {
      active--
      served++
      response.end('a')
    }, SERVICE_MS)
  }
  const circuit = { maxConnections: PLACES, maxPending: QUEUE, pendingTimeout: '60s' }
  const { port } = await startUpstream(context, { endpoints: [server.address], circuit })
  const agent = new Agent({ keepAlive: true })
  context.after(() => agent.destroy())
  const counts = { accepted: 0, refused: 0 }
  // The time of a request, told by how many others the server has served meanwhile.
  let longest = 0
  const client = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++) {
      const before = served
      const { status, headers } = await ask(port, { agent })
      if (status === 200) {
        counts.accepted++
        longest = Math.max(longest, served - before)
      } else {
        assert.deepEqual([status, headers['retry-after']], [503, '1'])
        counts.refused++
        await pause(SERVICE_MS)
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  assert.equal(counts.accepted, server.requests)
  assert.ok(counts.accepted > PLACES + QUEUE, JSON.stringify(counts))
  assert.ok(counts.refused > CLIENTS, JSON.stringify(counts))
  assert.ok(mostActive <= PLACES, `${mostActive} at a time`)
  assert.ok(longest <= PLACES + QUEUE + ON_THE_WAY, `${longest} were served before`)

  // As many as there are places are no overload: nobody is refused any more.
  const calm = async (): Promise<void> => {
    for (let round = 0; round < ROUNDS; round++)
      assert.equal((await ask(port, { agent })).status, 200)
  }
  await Promise.all(Array.from({ length: PLACES }, calm))
})

/** A worker that gets so little of a processor is late all the time. */
const HELD_MS = 60
const FREE_MS = 2

test('a worker that is late sheds load until it is not', async (context) => {
  const server = await AppServer.start(context, 'a')
  const circuit = { maxDelay: '20ms' }
  const { port, sluice } = await startUpstream(context, { endpoints: [server.address], circuit })
  const agent = new Agent({ keepAlive: true })
  context.after(() => agent.destroy())
  const statuses = async (wanted: number): Promise<void> => {
    for (;;) {
      const { status, headers } = await ask(port, { agent })
      if (status === 503) assert.equal(headers['retry-after'], '1')
      else assert.equal(status, 200)
      if (status === wanted) return
    }
  }
  await statuses(200)
  let isLate = true
  const holding = (async () => {
    while (isLate) {
      sluice.signal('SIGSTOP')
      await pause(HELD_MS)
      sluice.signal('SIGCONT')
      await pause(FREE_MS)
    }
  })()
  await statuses(503)
  isLate = false
  await holding
  const reached = server.requests
  await statuses(200)
  assert.ok(server.requests > reached)
})
