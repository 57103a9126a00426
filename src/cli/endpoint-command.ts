import type { EndpointState } from '../orchestrator/health/endpoint-state.ts'
import { AdminClient, CLIENT_OPTIONS } from './control/admin-client.ts'
import { renderTable } from './control/render-table.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-table.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'upstream',
    value: '<name>',
    doc: 'The upstream that the endpoint is of; needed when several have the same.',
  },
  ...CLIENT_OPTIONS,
]

const HELP: HelpPage = {
  usage: [
    'sluice endpoint [options]',
    'sluice endpoint drain|enable|disable <address> [options]',
    'sluice endpoint weight <address> <n> [options]',
  ],
  about:
    'Shows the endpoints of a running process, or changes one. Draining ones get no new clients, ' +
    'but keep those that a cookie ties to them; disabled ones get nothing. Weight 0 is that of the ' +
    'config.',
  sections: [{ title: 'Options', options: OPTIONS }],
  examples: [{ command: 'sluice endpoint drain 10.0.0.1:80', doc: 'Before it is taken away' }],
}

/** What each action makes of an endpoint. */
const STATES: Readonly<Record<string, EndpointState['state']>> = {
  drain: 'draining',
  enable: 'enabled',
  disable: 'disabled',
}

const MAX_WEIGHT = 256

/** `sluice endpoint`: the endpoints of a running process, and what is wanted of them. */
export async function runEndpointCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const change = readChange(options)
  const client = new AdminClient(options)
  // The shapes are those that the API documents.
  const all = (await client.call('GET', '/api/v1/upstreams')) as EndpointState[]
  if (change === undefined) return print(all)
  const chosen = choose(all, change.address, options.value('upstream'))
  const path = [chosen.upstream, chosen.address].map(encodeURIComponent).join('/endpoints/')
  const changed = await client.call('PATCH', `/api/v1/upstreams/${path}`, change.body)
  print([changed as EndpointState])
}

function readChange({ positionals }: ParsedOptions): { address: string; body: object } | undefined {
  const [action, address, weight, extra] = positionals
  if (action === undefined) return undefined
  const state = STATES[action]
  if (state === undefined && action !== 'weight') {
    throw new UsageError(`${action}: want drain, enable, disable or weight`)
  }
  if (address === undefined) throw new UsageError(`${action}: which endpoint? give its address`)
  const surplus = state === undefined ? extra : weight
  if (surplus !== undefined) throw new UsageError(`unexpected argument: ${surplus}`)
  if (state !== undefined) return { address, body: { state } }
  if (weight === undefined || !/^\d+$/.test(weight) || Number(weight) > MAX_WEIGHT) {
    throw new UsageError(`${weight ?? 'weight'}: want a weight from 0 to ${MAX_WEIGHT}`)
  }
  return { address, body: { weight: Number(weight) } }
}

function choose(
  all: readonly EndpointState[],
  address: string,
  upstream: string | undefined,
): EndpointState {
  const found = all.filter((one) => {
    return one.address === address && (upstream === undefined || one.upstream === upstream)
  })
  const [only, ...others] = found
  if (only === undefined) {
    const known = [...new Set(all.map((one) => one.address))].join(', ')
    throw new UsageError(`no endpoint ${address}; known are ${known || 'none'}`)
  }
  if (others.length > 0) {
    const names = found.map((one) => one.upstream).join(', ')
    throw new UsageError(`${address} is in several upstreams: choose with --upstream ${names}`)
  }
  return only
}

function print(endpoints: readonly EndpointState[]): void {
  const rows = endpoints.map((one) => [
    one.upstream,
    one.address,
    one.state,
    one.isEjected ? 'ejected' : one.health,
    String(one.weight),
    String(one.ejections),
  ])
  const head = ['UPSTREAM', 'ENDPOINT', 'STATE', 'HEALTH', 'WEIGHT', 'EJECTIONS']
  process.stdout.write(`${renderTable(head, rows, 4).join('\n')}\n`)
}
