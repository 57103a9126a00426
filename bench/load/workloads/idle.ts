import type { Measurement } from '../measure/measurement.ts'
import { oneByOne } from '../measure/one-by-one.ts'
import { readSettledRssKb } from '../measure/settled-rss.ts'
import { haproxy } from '../peers/haproxy.ts'
import { httpProxy3 } from '../peers/http-proxy-3.ts'
import { nginx } from '../peers/nginx.ts'
import { type RunningProxy, startProxy } from '../peers/running-proxy.ts'
import { sluice } from '../peers/sluice.ts'
import { ClientConnection } from '../traffic/client-connection.ts'
import type { Workload } from './workload.ts'

/**
 * Memory of a keep-alive connection that has made one request and stays open. The first 500
 * connections are not counted: they pay for what a process allocates once.
 */
export const idle: Workload = {
  name: 'idle',
  title: 'Idle keep-alive connection, 5,000 of them',
  figure: 'kbPerConnection',
  peers: [sluice, nginx, haproxy, httpProxy3],
  run: oneByOne(async (peer, context) => {
    const { upstream, workspace } = context
    const cpus = context.cpus.proxy
    const proxy = await startProxy(peer, { upstream, workspace, cpus, workers: 1 })
    const connections: ClientConnection[] = []
    try {
      return await measureIdle(proxy, connections)
    } finally {
      for (const connection of connections) connection.close()
      await proxy.stop()
    }
  }),
}

const BASE_CONNECTIONS = 500
const COUNTED_CONNECTIONS = 5_000
const OPENERS = 32

async function measureIdle(
  proxy: RunningProxy,
  connections: ClientConnection[],
): Promise<Measurement> {
  let errors = 0
  const openUpTo = async (count: number): Promise<void> => {
    while (connections.length < count) {
      const connection = await ClientConnection.open(proxy.port, '/')
      connections.push(connection)
      await connection.ask()
      connection.onFailure = () => errors++
    }
  }
  const openAll = async (count: number): Promise<number> => {
    await Promise.all(Array.from({ length: OPENERS }, () => openUpTo(count)))
    return readSettledRssKb(proxy.pid)
  }
  const baseKb = await openAll(BASE_CONNECTIONS)
  const base = connections.length
  const fullKb = await openAll(BASE_CONNECTIONS + COUNTED_CONNECTIONS)
  const kbPerConnection = (fullKb - baseKb) / (connections.length - base)
  return {
    figures: { kbPerConnection, rssMb: fullKb / 1024 },
    errors,
    ...(errors > 0 ? { problem: `${errors} idle connections were closed` } : {}),
  }
}
