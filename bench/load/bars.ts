import type { FigureName } from './measure/measurement.ts'

/** One promise about Sluice: a figure, at most `limit`, absolute or as a multiple of a peer's. */
export interface Bar {
  readonly workload: string
  readonly subject: string
  readonly figure: FigureName | 'errors'
  readonly limit: number
  /** The peer that `limit` is a multiple of; absolute without it. */
  readonly against?: string
}

/** What Sluice has to reach. Figures are medians of all counted rounds. */
export const BARS: readonly Bar[] = [
  relative('http-64', 'sluice', 0.9, 'nginx'),
  relative('http-64', 'sluice', 0.9, 'haproxy'),
  { workload: 'http-64', subject: 'sluice', figure: 'userMicros', limit: 2.5 },
  { workload: 'http-64', subject: 'sluice', figure: 'errors', limit: 0 },
  relative('http-512', 'sluice', 0.85, 'nginx'),
  relative('http-512', 'sluice', 0.85, 'haproxy'),
  relative('script', 'sluice-script', 0.95, 'nginx'),
  relative('observed', 'sluice-observed', 1, 'nginx-log'),
  relative('observed', 'sluice-observed', 1.1, 'sluice-unobserved'),
  relative('body-64k', 'sluice', 1, 'haproxy'),
  relative('body-64k', 'sluice', 1, 'haproxy-splice'),
  relative('body-1m', 'sluice', 1, 'haproxy'),
  relative('body-1m', 'sluice', 1, 'haproxy-splice'),
  relative('connect', 'sluice', 0.95, 'nginx'),
  relative('connect', 'sluice', 0.95, 'haproxy'),
  relative('tcp', 'sluice-tcp', 0.9, 'nginx'),
  { workload: 'latency', subject: 'sluice', figure: 'p99Micros', limit: 1, against: 'nginx' },
  { workload: 'idle', subject: 'sluice', figure: 'kbPerConnection', limit: 1.2 },
  { workload: 'rss', subject: 'sluice', figure: 'rssMb', limit: 80 },
  { workload: 'startup', subject: 'sluice', figure: 'startMs', limit: 250 },
]

function relative(workload: string, subject: string, limit: number, against: string): Bar {
  return { workload, subject, figure: 'cpuMicros', limit, against }
}
