import type { BenchContext } from '../measure/bench-context.ts'
import { measureClosedLoop, warmUp } from '../measure/closed-loop.ts'
import type { Measurement } from '../measure/measurement.ts'
import { oneByOne } from '../measure/one-by-one.ts'
import { median } from '../measure/statistics.ts'
import { haproxy } from '../peers/haproxy.ts'
import { nginx } from '../peers/nginx.ts'
import { type RunningProxy, startProxy } from '../peers/running-proxy.ts'
import { sluice } from '../peers/sluice.ts'
import { readRssKb } from '../process/process-tree.ts'
import { runOpenLoop } from '../traffic/open-loop.ts'
import type { Workload } from './workload.ts'

/** Latency at a constant rate: half of what nginx can do at most on this machine at this time. */
export const latency: Workload = {
  name: 'latency',
  title: "p99 latency at 50 % of nginx's maximum rate",
  figure: 'p99Micros',
  peers: [sluice, nginx, haproxy],
  async prepare(context) {
    const maximum = await measureMaximum(context)
    rate = Math.floor(maximum / 2)
    return `nginx reaches ${Math.round(maximum)} requests/s; the rate is ${rate}`
  },
  run: oneByOne(async (peer, context) => {
    const { upstream, workspace } = context
    const cpus = context.cpus.proxy
    const proxy = await startProxy(peer, { upstream, workspace, cpus, workers: 1 })
    try {
      return await measureOpenLoop(proxy, context)
    } finally {
      await proxy.stop()
    }
  }),
}

// Set by `prepare`, before any measurement of the run.
let rate = 0

const CONNECTIONS = 64
const MAXIMUM_RUNS = 3
// The load side has one processor, which the upstream needs as well: more threads would not help.
const THREADS = 1

async function measureMaximum(context: BenchContext): Promise<number> {
  const { upstream, workspace } = context
  const proxy = await startProxy(nginx, {
    upstream,
    workspace,
    cpus: context.cpus.proxy,
    workers: 1,
  })
  try {
    const rates: number[] = []
    for (let run = 0; run < MAXIMUM_RUNS; run++) {
      const traffic = { path: '/', connections: CONNECTIONS } as const
      await warmUp(proxy, traffic, 1, context)
      const { figures } = await measureClosedLoop(proxy, traffic, 2, context)
      rates.push(figures.requestsPerSecond ?? 0)
    }
    return median(rates)
  } finally {
    await proxy.stop()
  }
}

async function measureOpenLoop(
  proxy: RunningProxy,
  { timing }: BenchContext,
): Promise<Measurement> {
  const { warmUpSeconds, countSeconds } = timing
  const task = { port: proxy.port, path: '/', connections: CONNECTIONS, rate }
  const summary = await runOpenLoop({ ...task, warmUpSeconds, countSeconds }, THREADS)
  const at = (percentile: number): number => summary.latencies.getValueAtPercentile(percentile)
  return {
    figures: {
      requestsPerSecond: summary.completed / summary.seconds,
      p50Micros: at(50),
      p90Micros: at(90),
      p99Micros: at(99),
      p999Micros: at(99.9),
      maxMicros: summary.latencies.maxValue,
      sendDelayP99Micros: summary.sendDelays.getValueAtPercentile(99),
      rssMb: readRssKb(proxy.pid) / 1024,
    },
    errors: summary.errors,
    ...(summary.errors > 0 ? { problem: summary.firstError } : {}),
  }
}
