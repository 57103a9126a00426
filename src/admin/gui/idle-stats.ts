import type { GuiStats, RequestStats } from './contract.ts'

const NO_REQUESTS: RequestStats = {
  total: 0,
  requests: 0,
  codes: { none: 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  failed: 0,
  abandoned: 0,
  retries: 0,
  requestBytes: 0,
  responseBytes: 0,
  active: 0,
  latency: { count: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0, buckets: [] },
}

/** What is told while no program runs. */
export function idleStats(): GuiStats {
  return {
    time: Date.now(),
    seconds: 1,
    process: {
      state: 'stopped',
      pid: process.pid,
      uptimeSeconds: process.uptime(),
      cpu: 0,
      residentBytes: process.memoryUsage.rss(),
    },
    total: NO_REQUESTS,
    listeners: [],
    routes: [],
    upstreams: [],
    endpoints: [],
    workers: [],
  }
}
