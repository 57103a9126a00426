import type { Stats } from '../orchestrator/metrics/stats.ts'
import { AdminClient, CLIENT_OPTIONS } from './control/admin-client.ts'
import { milliseconds, percent, short, span } from './control/format-number.ts'
import { renderTable } from './control/render-table.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, parseOptions } from './option-table.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS: readonly OptionSpec[] = [
  { name: 'json', doc: 'Print what the admin API says, for programs.' },
  ...CLIENT_OPTIONS,
]

const HELP: HelpPage = {
  usage: ['sluice status [options]'],
  about: 'Tells how a running process is, and what it has done since its start.',
  sections: [{ title: 'Options', options: OPTIONS }],
  examples: [{ command: 'sluice status --admin 9090', doc: 'When you run several' }],
}

/** What the API's `/status` answers. */
interface Status {
  readonly state: string
  readonly pid: number
  readonly uptimeSeconds: number
  readonly program: string
  readonly listeners: readonly string[]
}

/** `sluice status`: a running process at a glance. */
export async function runStatusCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const client = new AdminClient(options)
  // The shapes are those that the API documents.
  const status = (await client.call('GET', '/api/v1/status')) as Status
  const stats = (await client.call('GET', '/api/v1/stats')) as Stats
  const text = options.isSet('json')
    ? JSON.stringify({ ...status, stats })
    : renderStatus(status, stats).join('\n')
  process.stdout.write(`${text}\n`)
}

/** Renders a process as it is, and the sums since its start. */
export function renderStatus(
  status: Status,
  { total, workers, process: facts, ...stats }: Stats,
): string[] {
  const lines = [
    `process    ${status.pid}, ${status.program}, ${status.state}, up ${span(status.uptimeSeconds)}`,
    `listening  ${status.listeners.join(', ')}`,
    `workers    ${workers.map(({ worker, state }) => `${worker} ${state}`).join(', ')}`,
    `memory     ${short(facts.residentBytes)}B, CPU ${percent(facts.cpu)} on average`,
  ]
  if (stats.listeners.length > 0) {
    const { p50, p99 } = total.latency
    lines.push(
      `requests   ${total.total}, ${total.active} in progress, ` +
        `p50 ${milliseconds(p50)} ms, p99 ${milliseconds(p99)} ms`,
    )
  }
  const deaths = workers.filter((one) => one.deaths > 0)
  for (const one of deaths) {
    lines.push(
      `deaths     worker ${one.worker}: ${one.deaths}, last: ${one.lastDeath.split('\n')[0]}`,
    )
  }
  if (stats.endpoints.length === 0) return lines
  const rows = stats.endpoints.map((one) => {
    const hasRequests = one.total > 0 || !one.isTcp
    return [
      one.upstream,
      one.address,
      connectionsOf(one),
      String(one.totalConnections),
      ...(hasRequests
        ? [String(one.total), milliseconds(one.latency.p50), milliseconds(one.latency.p99)]
        : ['-', '-', '-']),
    ]
  })
  const head = ['UPSTREAM', 'ENDPOINT', 'CONNS', 'OPENED', 'REQUESTS', 'p50 ms', 'p99 ms']
  return [...lines, '', ...renderTable(head, rows, 2)]
}

/** Open connections to an endpoint, and how many there may be if that is limited. */
function connectionsOf({ openConnections, maxConnections }: Stats['endpoints'][number]): string {
  return maxConnections === undefined
    ? String(openConnections)
    : `${openConnections}/${maxConnections}`
}
