import type { RequestStats } from '../../orchestrator/metrics/request-stats.ts'
import type { Stats } from '../../orchestrator/metrics/stats.ts'
import { milliseconds, percent, short, span } from './format-number.ts'
import { renderTable } from './render-table.ts'

/** Renders an interval for a terminal: what does not fit is left out, the busiest come first. */
export function renderStats(stats: Stats, width: number, height: number): string[] {
  const { process, total } = stats
  const lines = [
    `sluice ${process.pid}, ${process.state}, up ${span(process.uptimeSeconds)}: ` +
      `CPU ${percent(process.cpu)}, memory ${short(process.residentBytes)}B`,
    `${short(total.requests)} requests/s, ${total.active} in progress, ` +
      `${short(errorsOf(total))} errors/s, in ${short(total.requestBytes)}B/s, ` +
      `out ${short(total.responseBytes)}B/s`,
    `p50 ${milliseconds(total.latency.p50)} ms, p90 ${milliseconds(total.latency.p90)}, ` +
      `p99 ${milliseconds(total.latency.p99)}, p99.9 ${milliseconds(total.latency.p999)}, ` +
      `max ${milliseconds(total.latency.max)}`,
    '',
  ]
  const sections = [
    renderTable(
      ['WORKER', 'STATE', 'CPU', 'BUSY', 'HEAP', 'LAG ms', 'CONNS', 'ACCEPT/s', 'DEATHS'],
      stats.workers.map((one) => [
        String(one.worker),
        one.state,
        percent(one.cpu),
        percent(one.utilisation),
        `${short(one.heapBytes)}B`,
        milliseconds(one.lagMs),
        String(one.connections),
        short(one.accepts),
        String(one.deaths),
      ]),
      2,
    ),
    requestTable(
      'ENDPOINT',
      stats.endpoints.filter((one) => one.total > 0 || !one.isTcp),
      nameOfEndpoint,
    ),
    connectionTable(stats.endpoints.filter(({ isTcp }) => isTcp)),
    requestTable('ROUTE', stats.routes, (one) => `${one.listener} ${one.route}`),
    requestTable('LISTENER', stats.listeners, ({ listener }) => listener),
  ]
  for (const section of sections) {
    const room = height - lines.length
    // A head without rows tells nothing.
    if (section.length < 2 || room < 2) continue
    lines.push(...section.slice(0, room))
    if (lines.length < height) lines.push('')
  }
  while (lines.at(-1) === '') lines.pop()
  return lines.slice(0, height).map((line) => line.slice(0, width))
}

function requestTable<T extends RequestStats>(
  title: string,
  all: readonly T[],
  nameOf: (one: T) => string,
): string[] {
  const busiest = [...all].sort((one, other) => other.requests - one.requests)
  return renderTable(
    [title, 'REQ/s', '4xx/s', '5xx/s', 'FAIL/s', 'RETRY/s', 'p50 ms', 'p99 ms'],
    busiest.map((one) => [
      nameOf(one),
      short(one.requests),
      short(one.codes['4xx']),
      short(one.codes['5xx']),
      short(one.failed),
      short(one.retries),
      milliseconds(one.latency.p50),
      milliseconds(one.latency.p99),
    ]),
  )
}

function connectionTable(endpoints: Stats['endpoints']): string[] {
  const busiest = [...endpoints].sort((one, other) => other.openConnections - one.openConnections)
  return renderTable(
    ['TCP ENDPOINT', 'CONNS', 'CONN/s', 'FAIL/s', 'IN B/s', 'OUT B/s'],
    busiest.map((one) => [
      nameOfEndpoint(one),
      String(one.openConnections),
      short(one.connects),
      short(one.failedConnects),
      short(one.receivedBytes),
      short(one.sentBytes),
    ]),
  )
}

function nameOfEndpoint(one: Stats['endpoints'][number]): string {
  return `${one.upstream} ${one.address}${markOf(one)}`
}

/** What keeps an endpoint from its full share. */
function markOf({ state, health, isEjected }: Stats['endpoints'][number]): string {
  if (state !== 'enabled') return ` ${state}`
  if (health === 'unhealthy') return ` ${health}`
  return isEjected ? ' ejected' : ''
}

function errorsOf({ codes, failed }: RequestStats): number {
  return Math.max(codes['5xx'], failed)
}
