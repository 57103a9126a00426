import assert from 'node:assert/strict'
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  createEndpointMemory,
  EndpointTable,
  type Health,
} from '../../../../src/balancer/endpoint-table.ts'
import { HealthMonitor } from '../../../../src/orchestrator/health/health-monitor.ts'
import type { CheckSpec, HealthSpec } from '../../../../src/program/upstream-policies.ts'

const HTTP: CheckSpec = {
  type: 'http',
  method: 'GET',
  path: '/health',
  host: 'app.test',
  statuses: [[200, 299]],
  body: '',
}

function health(check: CheckSpec, more: Partial<HealthSpec> = {}): HealthSpec {
  return {
    check,
    intervalMs: 20,
    unhealthyIntervalMs: 10,
    timeoutMs: 2000,
    healthyThreshold: 1,
    unhealthyThreshold: 1,
    ...more,
  }
}

interface Watched {
  readonly table: EndpointTable
  readonly row: number
  readonly monitor: HealthMonitor
  /** Resolves when the table says so. */
  becomes(wanted: Health): Promise<void>
}

function watch(context: TestContext, port: number, spec: HealthSpec): Watched {
  const table = new EndpointTable(createEndpointMemory())
  const monitor = new HealthMonitor(table)
  const upstreams = [
    { name: 'u', endpoints: [{ host: '127.0.0.1', port, weight: 1 }], health: spec },
  ]
  monitor.prepare(upstreams)
  monitor.watch(upstreams)
  context.after(() => monitor.stop())
  const row = table.find('u', `127.0.0.1:${port}`)
  return {
    table,
    row,
    monitor,
    becomes: async (wanted) => {
      while (table.health(row) !== wanted) await new Promise((resolve) => setTimeout(resolve, 5))
    },
  }
}

async function listening<T extends Server | HttpServer>(
  context: TestContext,
  server: T,
  port = 0,
): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  context.after(() => server.close())
  return (server.address() as AddressInfo).port
}

test('tcp: healthy while connections are accepted', async (context) => {
  const server = createServer((socket) => socket.on('error', () => {}))
  const port = await listening(context, server)
  const { becomes } = watch(context, port, health({ type: 'tcp' }))
  await becomes('healthy')
  server.close()
  await becomes('unhealthy')
  await listening(
    context,
    createServer((socket) => socket.on('error', () => {})),
    port,
  )
  await becomes('healthy')
})

test('http: status and body decide, and the request is the one that was configured', async (context) => {
  let status = 200
  let body = 'all is well'
  const seen = new Set<string>()
  const server = createHttpServer(({ method, url, headers }, response) => {
    seen.add(`${method} ${url} ${headers.host}`)
    response.writeHead(status).end(body)
  })
  const port = await listening(context, server)
  const { becomes } = watch(context, port, health({ ...HTTP, body: 'is well' }))
  await becomes('healthy')
  status = 503
  await becomes('unhealthy')
  status = 204
  body = ''
  await new Promise((resolve) => server.once('request', resolve))
  status = 200
  body = 'all is well'
  await becomes('healthy')
  body = 'nothing works'
  await becomes('unhealthy')
  assert.deepEqual([...seen], ['GET /health app.test'])
})

test('http: one address of a name is asked for the name', async (context) => {
  const hosts = new Set<string | undefined>()
  const server = createHttpServer(({ headers }, response) => {
    hosts.add(headers.host)
    response.end()
  })
  const port = await listening(context, server)
  const table = new EndpointTable(createEndpointMemory())
  const monitor = new HealthMonitor(table)
  context.after(() => monitor.stop())
  const endpoint = { host: 'app.invalid', port, address: '127.0.0.1', weight: 1 }
  monitor.watch([{ name: 'u', endpoints: [endpoint], health: health({ ...HTTP, host: '' }) }])
  const row = table.find('u', `app.invalid:${port}@127.0.0.1`)
  while (table.health(row) !== 'healthy') await new Promise((resolve) => setTimeout(resolve, 5))
  assert.deepEqual([...hosts], [`app.invalid:${port}`])
})

test('an endpoint that accepts and says nothing is unhealthy', async (context) => {
  const sockets = new Set<{ destroy(): void }>()
  const silent = createServer((socket) => {
    sockets.add(socket.on('error', () => {}))
  })
  const port = await listening(context, silent)
  context.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (const check of [HTTP, { type: 'dubbo' } as const]) {
    const { becomes } = watch(context, port, health(check, { timeoutMs: 50 }))
    await becomes('unhealthy')
  }
})

test('dubbo: a heartbeat is answered', async (context) => {
  let status = 20
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (asked) => {
      assert.equal(asked.toString('hex'), 'dabbe2000000000000000001000000014e')
      const answer = Buffer.from(asked)
      answer[2] = 0x22
      answer[3] = status
      socket.write(answer.subarray(0, 7))
      setImmediate(() => socket.write(answer.subarray(7)))
    })
  })
  const port = await listening(context, server)
  const { becomes } = watch(context, port, health({ type: 'dubbo' }))
  await becomes('healthy')
  status = 80
  await becomes('unhealthy')
})

test('thresholds: single failures and successes change nothing', async (context) => {
  // Fails at the numbers given; everything else succeeds.
  const fails = new Set([3, 6, 7, 10, 11, 12])
  const found: string[] = []
  let asked = 0
  const server = createHttpServer((_, response) => {
    asked++
    found.push(table.health(row))
    response.writeHead(fails.has(asked) ? 500 : 200).end()
  })
  const port = await listening(context, server)
  const { becomes, table, row } = watch(
    context,
    port,
    health(HTTP, { unhealthyThreshold: 3, healthyThreshold: 2 }),
  )
  await becomes('healthy')
  await becomes('unhealthy')
  assert.equal(asked, 12)
  await becomes('healthy')
  assert.equal(asked, 14)
  assert.ok(found.slice(1, 12).every((one) => one === 'healthy'))
})

test('a probe that goes well ends an ejection; another program forgets what it does not have', async (context) => {
  const server = createServer((socket) => socket.on('error', () => {}))
  const port = await listening(context, server)
  server.close()
  const { becomes, table, row, monitor } = watch(context, port, health({ type: 'tcp' }))
  await becomes('unhealthy')
  table.eject(row, 60_000, 60_000)
  await listening(
    context,
    createServer((socket) => socket.on('error', () => {})),
    port,
  )
  await becomes('healthy')
  assert.equal(table.isEjected(row), false)
  table.setWeight(row, 7)
  monitor.watch([])
  assert.deepEqual([table.health(row), table.weight(row)], ['unknown', 0])
})
