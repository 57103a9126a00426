import { startIdleClients } from '../client/idle-clients.ts'
import { type Fault, joinOutcomes, P99_BAR_MS } from '../fault.ts'
import { IDLE_CONNECTIONS } from './idle-connections.ts'
import { slowBody, slowHead, slowRead } from './slow-requests.ts'

const OTHERS = [slowHead, slowBody, slowRead]

/** Everything that clients can do to hold connections, at the same time. */
export const allFloods: Fault = {
  name: 'all-floods',
  title: 'All floods at once',
  what: '10,000 idle connections, 1,000 slow heads, 1,000 slow bodies and 1,000 slow readers, each as above, stand at the same time; probes and the good client are served.',
  proxy: 'balancer',
  p99BarMs: P99_BAR_MS,
  async run(stage, seconds) {
    const idle = await startIdleClients(stage, IDLE_CONNECTIONS)
    const outcomes = await Promise.all(OTHERS.map((fault) => fault.run(stage, seconds)))
    return joinOutcomes([...outcomes, await idle.end()])
  },
}
