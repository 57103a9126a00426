import { type ClosedLoopTraffic, measureClosedLoop } from '../measure/closed-loop.ts'
import type { Peer } from '../peers/peer.ts'
import { startProxy } from '../peers/running-proxy.ts'
import type { Workload } from './workload.ts'

/** Makes a workload that compares CPU time per request under wrk. */
export function closedLoopWorkload(
  name: string,
  title: string,
  peers: readonly Peer[],
  traffic: ClosedLoopTraffic,
): Workload {
  return {
    name,
    title,
    figure: 'cpuMicros',
    peers,
    async measure(peer, context) {
      const { upstream, workspace } = context
      const cpus = context.cpus.proxy
      const proxy = await startProxy(peer, { upstream, workspace, cpus, workers: 1 })
      try {
        return await measureClosedLoop(proxy, traffic, context)
      } finally {
        await proxy.stop()
      }
    },
  }
}
