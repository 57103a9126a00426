import { type LoadPlan, runAlternatingSeconds } from '../measure/alternating-seconds.ts'
import { type ClosedLoopTraffic, measureClosedLoop, warmUp } from '../measure/closed-loop.ts'
import type { Peer } from '../peers/peer.ts'
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
    async run(peers, context, onProgress) {
      const { rounds, warmUpSeconds, countSeconds } = context.timing
      const plan: LoadPlan = {
        warmUp: (proxy) => warmUp(proxy, traffic, warmUpSeconds, context),
        measureSecond: (proxy) => measureClosedLoop(proxy, traffic, 1, context),
      }
      const samples = await runAlternatingSeconds(peers, plan, context, onProgress)
      const timing = { warmUpSeconds, countSeconds: 1, rounds: rounds * countSeconds }
      return { samples, timing }
    },
  }
}
