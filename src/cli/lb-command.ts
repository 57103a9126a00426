import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import type { Balance } from '../balancer/pickers.ts'
import { DEFAULTS, PROCESS_DEFAULTS } from '../config/defaults.ts'
import { normalise } from '../config/normalise.ts'
import type { ConfigInput } from '../config/schema/config.ts'
import { twins } from '../config/twins.ts'
import { compileFormat } from '../filters/access-log/format.ts'
import { PROXY_VERSIONS } from '../net/proxy-protocol/proxy-header.ts'
import { formatAddress } from '../program/format-address.ts'
import type { LoadBalancerSpec } from '../program/spec.ts'
import {
  CONFIG_OPTIONS,
  HELP_OPTION,
  RUN_OPTIONS,
  type RunOptions,
  readRunOptions,
} from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import {
  ACCEPT_PROXY_OPTION,
  LENIENT_LF_OPTION,
  LIMIT_OPTIONS,
  LISTENER_TIMEOUT_OPTIONS,
  readListenerOptions,
  refuseHttpOptions,
} from './limit-options.ts'
import { type OptionSpec, type ParsedOptions, parseOptions } from './option-table.ts'
import { parseEndpoint, parseListen } from './parse-address.ts'
import { parseChoice, parseDuration } from './parse-value.ts'
import { processSection } from './process-section.ts'
import { checkAdmin, startWithAdmin } from './serve-admin.ts'
import { UsageError } from './usage-error.ts'

const BALANCES: readonly Balance[] = [
  'round-robin',
  'least-connections',
  'least-time',
  'power-of-two',
  'random',
]

const X_FORWARDED = ['add', 'replace', 'trust', 'off'] as const

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
    doc: 'round-robin, least-connections, least-time, power-of-two or random. Default: round-robin.',
  },
  LENIENT_LF_OPTION,
  ACCEPT_PROXY_OPTION,
  {
    name: 'send-proxy',
    value: '<version>',
    doc: 'Tell endpoints of the client by a PROXY header, v1 or v2. Connections to them serve one client each.',
  },
  {
    name: 'x-forwarded',
    value: '<mode>',
    doc:
      'X-Forwarded-For, -Proto and -Host: add, replace what the client sent, trust it (a proxy ' +
      'of ours), or off. Default: add.',
  },
  { name: 'forwarded', doc: 'Tell endpoints of the client by Forwarded (RFC 7239), too.' },
  { name: 'request-id', doc: 'Give requests without a valid X-Request-Id one.' },
  { name: 'traceparent', doc: 'Give requests without a valid traceparent one.' },
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
  ...CONFIG_OPTIONS,
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
    name: 'progress-timeout',
    value: '<time>',
    doc: 'Between two pieces of the body of a response. Default: that of --response-timeout.',
  },
  {
    name: 'idle-timeout',
    value: '<time>',
    doc: 'For a connection on which nothing moves. Default: 60s.',
  },
  ...LISTENER_TIMEOUT_OPTIONS,
]

const LOG_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'access-log',
    value: '<path>',
    doc: 'Write a line for every HTTP request to this file; SIGUSR1 opens it again.',
  },
  {
    name: 'access-log-format',
    value: '<format>',
    doc: 'combined, json, or a template such as "{client} {target} {status}". Default: combined.',
  },
]

/** All options of `sluice lb`. */
export const LB_OPTIONS: readonly OptionSpec[] = [
  ...TRAFFIC_OPTIONS,
  ...TIMEOUT_OPTIONS,
  ...LIMIT_OPTIONS,
  ...LOG_OPTIONS,
  ...PROCESS_OPTIONS,
]

const HELP: HelpPage = {
  usage: ['sluice lb --listen <address> --to <address> [--to <address> ...] [options]'],
  about:
    'Balances HTTP/1 requests, or TCP connections with --tcp, over upstream endpoints. ' +
    'Times are seconds, or numbers with a unit: 500ms, 30s, 2m. Sizes are bytes, or numbers ' +
    'with k, m or g.',
  sections: [
    { title: 'Traffic', options: TRAFFIC_OPTIONS },
    { title: 'Time-outs', options: TIMEOUT_OPTIONS },
    { title: 'Limits', options: LIMIT_OPTIONS },
    { title: 'Access log', options: LOG_OPTIONS },
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
  const options = parseOptions(args, LB_OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const { config, run } = readFlags(options)
  if (options.isSet('print-config') || options.isSet('verify')) {
    if (options.isSet('verify')) await checkAdmin(run)
    const { describeFlags } = await import('./describe-config.ts')
    process.stdout.write(describeFlags(config, options.isSet('print-config')))
    return
  }
  const { runProgram } = await import('../orchestrator/run-program.ts')
  await startWithAdmin(() => runProgram(normalise(config), run), run)
}

/** What the flags say, as a config and as options of the process; throws `UsageError`. */
export function readFlags(options: ParsedOptions): { config: ConfigInput; run: RunOptions } {
  const config = readConfig(options)
  const run = readRunOptions(options, {
    workers: availableParallelism(),
    logLevel: PROCESS_DEFAULTS.logLevel,
  })
  const workers = options.isSet('workers') ? run.workers : undefined
  return { config: { ...config, process: processSection(run, workers) }, run }
}

/** Turns the flags of `sluice lb` into a program; throws `UsageError`. */
export function parseLbSpec(args: readonly string[]): LoadBalancerSpec {
  return normalise(readConfig(parseOptions(args, LB_OPTIONS)))
}

/** Name of the only upstream that flags make. */
const UPSTREAM = 'default'

/** The config that says the same as the flags. */
function readConfig(options: ParsedOptions): ConfigInput {
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const policy = readListenerOptions(options)
  if (options.isSet('tcp')) refuseHttpOptions(options)
  const addresses = options.values('listen')
  const sockets = addresses.map((one) => formatAddress(parseListen(one)))
  // Several may ask for any free port.
  const [listenTwin] = twins(sockets.map((one) => (one.endsWith(':0') ? undefined : one)))
  if (listenTwin !== undefined)
    throw new UsageError(`--listen ${addresses[listenTwin]} is given twice: leave one of them out`)
  const endpoints = options.values('to').map(parseEndpoint)
  const targets = endpoints.map(formatAddress)
  const [targetTwin] = twins(targets)
  if (targetTwin !== undefined)
    throw new UsageError(`--to ${targets[targetTwin]} is given twice: give it a weight instead`)
  if (addresses.length === 0) throw new UsageError('nowhere to listen: give --listen <address>')
  if (endpoints.length === 0) throw new UsageError('no upstream: give --to <address>')
  const response = timeoutOf(options, 'response-timeout', DEFAULTS.responseTimeout)
  const idle = timeoutOf(options, 'idle-timeout', DEFAULTS.idleTimeout)
  const sendProxy = options.value('send-proxy')
  return {
    listeners: addresses.map((address) => ({
      address,
      protocol: options.isSet('tcp') ? 'tcp' : 'http',
      upstream: UPSTREAM,
      ...policy,
    })),
    upstreams: {
      [UPSTREAM]: {
        endpoints: endpoints.map((one) => ({ address: formatAddress(one), weight: one.weight })),
        balance: parseChoice('balance', options.value('balance') ?? DEFAULTS.balance, BALANCES),
        timeouts: {
          connect: timeoutOf(options, 'connect-timeout', DEFAULTS.connectTimeout),
          response,
          progress: timeoutOf(options, 'progress-timeout', response),
          idle,
        },
        ...(sendProxy !== undefined && {
          proxyProtocol: parseChoice('send-proxy', sendProxy, PROXY_VERSIONS),
        }),
      },
    },
    forwarding: {
      xForwarded: parseChoice(
        'x-forwarded',
        options.value('x-forwarded') ?? DEFAULTS.xForwarded,
        X_FORWARDED,
      ),
      forwarded: options.isSet('forwarded'),
      requestId: options.isSet('request-id'),
      traceparent: options.isSet('traceparent'),
    },
    idleTimeout: idle,
    ...readAccessLog(options),
  }
}

function readAccessLog(options: ParsedOptions): Pick<ConfigInput, 'accessLog'> {
  const path = options.value('access-log')
  const format = options.value('access-log-format')
  if (path === undefined) {
    if (format === undefined) return {}
    throw new UsageError('--access-log-format needs --access-log <path>')
  }
  if (format === undefined) return { accessLog: { path: resolve(path) } }
  try {
    compileFormat(format)
  } catch (error) {
    throw new UsageError(`--access-log-format: ${error instanceof Error ? error.message : error}`)
  }
  return { accessLog: { path: resolve(path), format } }
}

function timeoutOf(options: ParsedOptions, name: string, byDefault: string): string {
  const text = options.value(name)
  if (text !== undefined) parseDuration(name, text)
  return text ?? byDefault
}
