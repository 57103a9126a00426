import { setTimeout as pause } from 'node:timers/promises'
import { startIdleClients } from '../client/idle-clients.ts'
import { type Fault, P99_BAR_MS } from '../fault.ts'

export const IDLE_CONNECTIONS = 10_000

/** Ten thousand clients connect and stay; half of them have made a request before. */
export const idleConnections: Fault = {
  name: 'idle-connections',
  title: '10,000 idle connections',
  what: '10,000 clients connect, every other one makes a request, and then all are idle; all stay connected.',
  proxy: 'balancer',
  p99BarMs: P99_BAR_MS,
  async run(stage, seconds) {
    const clients = await startIdleClients(stage, IDLE_CONNECTIONS)
    await pause(seconds * 1000)
    return clients.end()
  },
}
