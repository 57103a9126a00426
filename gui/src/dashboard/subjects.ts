import type { GuiStats, LatencyBuckets, LatencyStats } from '../../../src/admin/gui/contract.ts'

const WORKER = 'worker:'
const UPSTREAM = 'upstream:'

/** Somebody whose latencies can be looked at. */
export interface Subject {
  /** As the server knows it. */
  readonly id: string
  readonly name: string
}

/** The workers and upstreams that there are. */
export function subjectsOf({ workers, upstreams }: GuiStats): Record<string, Subject[]> {
  // A worker that is going may still be there beside its successor.
  const numbers = [...new Set(workers.map(({ worker }) => worker))]
  return {
    Workers: numbers.map((worker) => ({ id: `${WORKER}${worker}`, name: `worker ${worker}` })),
    Upstreams: upstreams.map(({ upstream }) => ({ id: `${UPSTREAM}${upstream}`, name: upstream })),
  }
}

/** The latencies of a subject in an interval; of any other than these, those of all. */
export function latencyOf(stats: GuiStats, id: string): LatencyStats | undefined {
  if (id.startsWith(WORKER))
    return stats.workers.find(({ worker }) => `${WORKER}${worker}` === id)?.latency
  if (id.startsWith(UPSTREAM))
    return stats.upstreams.find(({ upstream }) => `${UPSTREAM}${upstream}` === id)?.latency
  return stats.total.latency
}

/** How they are distributed, if the server was asked at that time. */
export function bucketsOf(stats: GuiStats, id: string): LatencyBuckets | undefined {
  if (!id.startsWith(WORKER) && !id.startsWith(UPSTREAM)) return stats.total.latency.buckets
  return stats.distributions?.find((one) => one.of === id)?.buckets
}
