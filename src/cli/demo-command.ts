import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import { PROCESS_DEFAULTS } from '../config/defaults.ts'
import { formatAddress } from '../program/format-address.ts'
import { HELP_OPTION, RUN_OPTIONS, readRunOptions } from './common-options.ts'
import { type HelpPage, renderHelp } from './help.ts'
import { parseLbSpec } from './lb-command.ts'
import { type OptionSpec, parseOptions } from './option-table.ts'
import { parseListen } from './parse-address.ts'
import { startWithAdmin } from './serve-admin.ts'
import { UsageError } from './usage-error.ts'

const OPTIONS: readonly OptionSpec[] = [
  {
    name: 'listen',
    short: 'l',
    value: '<address>',
    doc: 'Where the load balancer accepts. Default: 127.0.0.1:8080.',
  },
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

const HELP: HelpPage = {
  usage: ['sluice demo [--listen <address>] [options]'],
  about: 'Runs two small HTTP servers of its own and a load balancer in front of them.',
  sections: [{ title: 'Options', options: OPTIONS }],
  examples: [{ command: 'sluice demo --listen 8081', doc: 'When port 8080 is taken' }],
}

const DEMO_SERVERS = ['A', 'B']

/** `sluice demo`: something to look at with nothing to set up. */
export async function runDemoCommand(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS)
  if (options.isSet('help')) {
    process.stdout.write(renderHelp(HELP))
    return
  }
  const [extra] = options.positionals
  if (extra !== undefined) throw new UsageError(`unexpected argument: ${extra}`)
  const listen = options.value('listen') ?? '127.0.0.1:8080'
  const run = readRunOptions(options, {
    workers: availableParallelism(),
    logLevel: PROCESS_DEFAULTS.logLevel,
  })
  parseListen(listen)

  const servers = await Promise.all(DEMO_SERVERS.map(startServer))
  const endpoints = servers.map((server) => formatAddress(addressOf(server)))
  const to = endpoints.flatMap((endpoint) => ['--to', endpoint])
  const { runProgram } = await import('../orchestrator/run-program.ts')
  const spec = parseLbSpec(['--listen', listen, ...to])
  const program = await startWithAdmin(() => runProgram(spec, run), run)
  const [address = listen] = program.orchestrator.addresses
  process.stdout.write(renderBanner(address, endpoints, run.workers))
}

function startServer(name: string): Promise<Server> {
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    response.setHeader('content-type', 'text/plain; charset=utf-8')
    response.end(
      `Hello from server ${name}, request ${requests}: ${request.method} ${request.url}\n`,
    )
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

function addressOf(server: Server): { host: string; port: number } {
  // A string only for servers on a Unix socket.
  const { address, port } = server.address() as AddressInfo
  return { host: address, port }
}

function renderBanner(address: string, endpoints: readonly string[], workers: number): string {
  const url = `http://${address.replace('0.0.0.0', '127.0.0.1')}/`
  return `
  Sluice is balancing HTTP on ${url}
  over two demo servers: ${endpoints.join(' and ')}
  with ${workers} worker ${workers === 1 ? 'thread' : 'threads'}.

  Try it, twice:    curl ${url}
  Your own servers: bin/sluice lb --listen 8080 --to 127.0.0.1:9001 --to 127.0.0.1:9002
  More:             bin/sluice --help
  Stop:             Ctrl-C

`
}
