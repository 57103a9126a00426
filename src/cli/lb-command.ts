import { availableParallelism } from 'node:os'
import type { Balance, LoadBalancerSpec, TimeoutSpec } from '../program/spec.ts'
import { HELP_OPTION, RUN_OPTIONS, readRunOptions } from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-table.ts'
import { parseEndpoint, parseListen } from './parse-address.ts'
import { parseChoice, parseDuration } from './parse-value.ts'
import { serveAdmin } from './serve-admin.ts'
import { UsageError } from './usage-error.ts'

const BALANCES: readonly Balance[] = ['round-robin', 'least-connections', 'random']

/** Limits that suit most services; nginx and HAProxy guides recommend the same orders. */
const DEFAULT_TIMEOUTS: TimeoutSpec = { connectMs: 5000, responseMs: 60_000, idleMs: 60_000 }

const TRAFFIC_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'listen',
    short: 'l',
    value: '<address>',
    isRepeatable: true,
    doc: 'Where to accept: port, host:port, [ipv6]:port or unix:/path. Repeatable.',
  },
  {
    name: 'to',
    short: 't',
    value: '<address[=weight]>',
    isRepeatable: true,
    doc: 'An upstream endpoint: host:port, [ipv6]:port or unix:/path. Repeatable.',
  },
  { name: 'tcp', doc: 'Balance connections and pass bytes as they are. Default: HTTP requests.' },
  {
    name: 'balance',
    short: 'b',
    value: '<algorithm>',
    doc: 'round-robin, least-connections or random. Default: round-robin.',
  },
]

const PROCESS_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'workers',
    short: 'w',
    aliases: ['threads'],
    value: '<n>',
    doc: 'Number of worker threads. Default: one per available processor.',
  },
  ...RUN_OPTIONS,
  HELP_OPTION,
]

const TIMEOUT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'connect-timeout',
    value: '<time>',
    doc: 'To establish an upstream connection. Default: 5s.',
  },
  {
    name: 'response-timeout',
    value: '<time>',
    doc: 'From a request to the head of its response. Default: 60s.',
  },
  {
    name: 'idle-timeout',
    value: '<time>',
    doc: 'For a connection on which nothing moves. Default: 60s.',
  },
]

const OPTIONS = [...TRAFFIC_OPTIONS, ...TIMEOUT_OPTIONS, ...PROCESS_OPTIONS]

const HELP: HelpPage = {
  usage: ['sluice lb --listen <address> --to <address> [--to <address> ...] [options]'],
  about:
    'Balances HTTP/1 requests, or TCP connections with --tcp, over upstream endpoints. ' +
    'Times are seconds, or numbers with a unit: 500ms, 30s, 2m.',
  sections: [
    { title: 'Traffic', options: TRAFFIC_OPTIONS },
    { title: 'Time-outs', options: TIMEOUT_OPTIONS },
    { title: 'Process', options: PROCESS_OPTIONS },
  ],
  examples: [
    {
      command: 'sluice lb --listen 8080 --to 127.0.0.1:9001 --to 127.0.0.1:9002',
      doc: 'HTTP over two endpoints, one worker per processor',
    },
    {
      command: 'sluice lb --listen [::]:80 --to app1:9000=3 --to app2:9000 -b least-connections',
      doc: 'app1 gets three times the share of app2',
    },
    {
      command: 'sluice lb --tcp --listen unix:/run/db.sock --to 10.0.0.5:5432 --workers 1',
      doc: 'TCP from a Unix socket to a database',
    },
  ],
}

/** `sluice lb`: a load balancer from flags. */
export async function runLbCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const spec = readSpec(options)
  const run = readRunOptions(options, availableParallelism())
  const { runProgram } = await import('../orchestrator/run-program.ts')
  await serveAdmin(await runProgram(spec, run), run)
}

/** Turns the flags of `sluice lb` into a program; throws `UsageError`. */
export function parseLbSpec(args: readonly string[]): LoadBalancerSpec {
  return readSpec(parseOptions(args, OPTIONS))
}

function readSpec(options: ParsedOptions): LoadBalancerSpec {
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const listen = options.values('listen').map(parseListen)
  const endpoints = options.values('to').map(parseEndpoint)
  if (listen.length === 0) throw new UsageError('nowhere to listen: give --listen <address>')
  if (endpoints.length === 0) throw new UsageError('no upstream: give --to <address>')
  return {
    kind: 'lb',
    listen,
    upstream: {
      endpoints,
      balance: parseChoice('balance', options.value('balance') ?? 'round-robin', BALANCES),
    },
    tcp: options.isSet('tcp'),
    timeouts: {
      connectMs: timeoutOf(options, 'connect-timeout', DEFAULT_TIMEOUTS.connectMs),
      responseMs: timeoutOf(options, 'response-timeout', DEFAULT_TIMEOUTS.responseMs),
      idleMs: timeoutOf(options, 'idle-timeout', DEFAULT_TIMEOUTS.idleMs),
    },
  }
}

function timeoutOf(options: ParsedOptions, name: string, defaultMs: number): number {
  const text = options.value(name)
  return text === undefined ? defaultMs : parseDuration(name, text)
}
