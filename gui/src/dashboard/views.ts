import type {
  GuiStats,
  LatencyStats,
  RequestStats,
  WorkerStats,
} from '../../../src/admin/gui/contract.ts'
import { bytes, milliseconds, percent, perSecond, short } from '../ui/format.ts'

/** By what charts tell numbers apart. */
export const VIEWS = ['all', 'listeners', 'upstreams', 'workers'] as const

export type ViewName = (typeof VIEWS)[number]

/** One line of a chart: its value in each interval, where there is one. */
export interface Line {
  readonly name: string
  readonly read: (stats: GuiStats) => number | undefined
}

export interface ChartSpec {
  readonly title: string
  readonly format: (value: number) => string
  readonly lines: readonly Line[]
}

/** The charts of a view; `latest` tells which listeners, upstreams and workers there are. */
export function chartsOf(view: ViewName, latest: GuiStats): ChartSpec[] {
  if (view === 'listeners') {
    const names = latest.listeners.map((one) => one.listener)
    return requestCharts(names, (stats, name) => {
      return stats.listeners.find((one) => one.listener === name)
    })
  }
  if (view === 'upstreams') {
    const names = latest.upstreams.map((one) => one.upstream)
    const charts = requestCharts(names, (stats, name) => {
      return stats.upstreams.find((one) => one.upstream === name)
    })
    return [...charts, connectionChart(names)]
  }
  if (view === 'workers') return workerCharts(latest)
  return totalCharts
}

const totalCharts: ChartSpec[] = [
  {
    title: 'Requests',
    format: perSecond,
    lines: [
      { name: 'requests', read: ({ total }) => total.requests },
      { name: '5xx', read: ({ total }) => total.codes['5xx'] },
      { name: 'failed', read: ({ total }) => total.failed },
    ],
  },
  {
    title: 'Throughput',
    format: bytesPerSecond,
    lines: [
      { name: 'read', read: (stats) => sumOf(stats.workers, (one) => one.bytesRead) },
      { name: 'written', read: (stats) => sumOf(stats.workers, (one) => one.bytesWritten) },
    ],
  },
  {
    title: 'Active',
    format: short,
    lines: [
      { name: 'connections', read: (stats) => sumOf(stats.workers, (one) => one.connections) },
      { name: 'requests in progress', read: ({ total }) => total.active },
    ],
  },
]

function requestCharts(
  names: readonly string[],
  find: (stats: GuiStats, name: string) => RequestStats | undefined,
): ChartSpec[] {
  const lines = (read: (stats: RequestStats) => number | undefined): Line[] =>
    names.map((name) => ({
      name,
      read: (stats) => {
        const found = find(stats, name)
        return found === undefined ? undefined : read(found)
      },
    }))
  return [
    { title: 'Requests', format: perSecond, lines: lines((one) => one.requests) },
    {
      title: 'Throughput',
      format: bytesPerSecond,
      lines: lines((one) => one.requestBytes + one.responseBytes),
    },
    { title: 'Failed', format: perSecond, lines: lines((one) => one.failed + one.codes['5xx']) },
    {
      title: 'Latency p99',
      format: milliseconds,
      lines: lines((one) => whereCounted(one.latency, 'p99')),
    },
  ]
}

function connectionChart(upstreams: readonly string[]): ChartSpec {
  return {
    title: 'Connections',
    format: short,
    lines: upstreams.map((name) => ({
      name,
      read: ({ endpoints }) => {
        const own = endpoints.filter((one) => one.upstream === name)
        return sumOf(own, (one) => one.openConnections)
      },
    })),
  }
}

function workerCharts(latest: GuiStats): ChartSpec[] {
  const lines = (read: (stats: WorkerStats) => number | undefined): Line[] =>
    latest.workers.map(({ worker }) => ({
      name: `worker ${worker}`,
      read: (stats) => {
        const found = stats.workers.find((one) => one.worker === worker)
        return found === undefined ? undefined : read(found)
      },
    }))
  return [
    { title: 'Requests', format: perSecond, lines: lines((one) => one.requests) },
    {
      title: 'Throughput',
      format: bytesPerSecond,
      lines: lines((one) => one.bytesRead + one.bytesWritten),
    },
    { title: 'Connections', format: short, lines: lines((one) => one.connections) },
    { title: 'Accepted', format: perSecond, lines: lines((one) => one.accepts) },
    { title: 'CPU', format: percent, lines: lines((one) => one.cpu) },
    {
      title: 'Latency p99',
      format: milliseconds,
      lines: lines((one) => whereCounted(one.latency, 'p99')),
    },
  ]
}

/** Nothing where there were no requests: a gap is no zero. */
export function whereCounted(
  latency: LatencyStats | undefined,
  which: 'p50' | 'p90' | 'p99',
): number | undefined {
  return latency === undefined || latency.count === 0 ? undefined : latency[which]
}

function bytesPerSecond(value: number): string {
  return `${bytes(value)}/s`
}

export function sumOf<T>(list: readonly T[], read: (one: T) => number): number {
  return list.reduce((sum, one) => sum + read(one), 0)
}
