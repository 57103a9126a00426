import { parseArgs } from 'node:util'
import type { GuiBenchOptions } from '../gui/main.ts'
import { PROGRAMS, type Program } from '../gui/programs.ts'
import { BenchError } from './bench-error.ts'
import { findPeer } from './peers/all-peers.ts'
import type { Peer } from './peers/peer.ts'
import { ALL_WORKLOADS, findWorkload } from './workloads/all-workloads.ts'
import type { Workload } from './workloads/workload.ts'

/** What the command line asks for. */
export type Options =
  | { readonly command: 'help' }
  | { readonly command: 'list' }
  | { readonly command: 'table'; readonly isCheck: boolean }
  | { readonly command: 'micro' }
  | ({ readonly command: 'gui' } & GuiBenchOptions)
  | RunOptions

/** What to measure and how long. */
export interface RunOptions {
  readonly command: 'run'
  readonly workloads: readonly Workload[]
  /** Only these, in the workload's order; all that the workload names when undefined. */
  readonly peers: readonly Peer[] | undefined
  readonly rounds: number | undefined
  readonly warmUpSeconds: number
  readonly countSeconds: number
  /** Name of the result files. */
  readonly saveAs: string
}

/** Printed by `--help`. */
export const HELP: string = `Usage: npm run bench [-- <command>] [-- options]

Measures Sluice beside nginx, HAProxy and http-proxy-3. The figure that counts is the proxy's CPU time per request.

  npm run bench                    all workloads, about 20 minutes; writes bench/results/latest.json and .svg
  npm run bench -- quick           the main row only, about a minute; writes bench/results/quick.json and .svg
  npm run bench -- <workload> …    one or more workloads; writes bench/results/partial.json and .svg
  npm run bench -- list            workloads, peers and bars
  npm run bench -- micro           nanoseconds of one balancing decision; writes bench/results/pickers.json
  npm run bench -- gui             what it costs that the web UI is open, how fast and smooth its pages are, in
                                   about 10 minutes; gui script and gui config are the halves of it;
                                   --save writes bench/results/gui.json and docs/gui.md
  npm run bench -- table           writes bench/results/latest.json into README.md; --check only compares

Options
  --rounds N       paired rounds of each workload (default 5; start-up time 10)
  --seconds S      counted seconds of each run, whole (default 5)
  --warm-up S      seconds of load before that, whole (default 2)
  --peers a,b      only these peers
  --save           of single workloads: put them into bench/results/latest.json; of gui: see there
  --help           this text
`

/** Parses the command line; wrong ones are a BenchError. */
export function parseOptions(argv: readonly string[]): Options {
  const { values, positionals } = parse(argv)
  const [command] = positionals
  if (values.help) return { command: 'help' }
  if (command === 'list') return { command: 'list' }
  if (command === 'micro') return { command: 'micro' }
  if (command === 'gui') return { command: 'gui', ...guiOptions(positionals.slice(1), values) }
  if (command === 'table') return { command: 'table', isCheck: values.check }
  const isQuick = command === 'quick'
  const names = isQuick ? ['http-64'] : positionals
  const peers = values.peers ?? (isQuick ? 'sluice,nginx,haproxy' : undefined)
  const partial = values.save ? 'latest' : 'partial'
  return {
    command: 'run',
    workloads: names.length > 0 ? names.map(findWorkload) : ALL_WORKLOADS,
    peers: peers?.split(',').map(findPeer),
    // As many seconds as an interval needs.
    rounds: parseCount('--rounds', values.rounds) ?? (isQuick ? 3 : undefined),
    warmUpSeconds: parseCount('--warm-up', values['warm-up']) ?? (isQuick ? 1 : 2),
    countSeconds: parseCount('--seconds', values.seconds) ?? 5,
    saveAs: isQuick ? 'quick' : names.length > 0 || peers !== undefined ? partial : 'latest',
  }
}

function guiOptions(names: readonly string[], values: Parsed['values']): GuiBenchOptions {
  const programs = names.map((name): Program => {
    const program = PROGRAMS.find((one) => one === name)
    if (program !== undefined) return program
    throw new BenchError(`gui: no program ${name}: want ${PROGRAMS.join(' or ')}`)
  })
  return {
    programs: programs.length > 0 ? programs : PROGRAMS,
    timing: {
      rounds: parseCount('--rounds', values.rounds) ?? 5,
      warmUpSeconds: parseCount('--warm-up', values['warm-up']) ?? 2,
      countSeconds: parseCount('--seconds', values.seconds) ?? 6,
    },
    isSaved: values.save,
  }
}

interface Parsed {
  readonly values: {
    readonly help: boolean
    readonly check: boolean
    readonly save: boolean
    readonly rounds?: string
    readonly seconds?: string
    readonly 'warm-up'?: string
    readonly peers?: string
  }
  readonly positionals: readonly string[]
}

function parse(argv: readonly string[]): Parsed {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        check: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        'warm-up': { type: 'string' },
        peers: { type: 'string' },
      },
    })
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error))
  }
}

function parseCount(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const count = Number(text)
  if (Number.isInteger(count) && count > 0 && count <= MAX_COUNT) return count
  throw new BenchError(`${option} must be a whole number from 1 to ${MAX_COUNT}`)
}

const MAX_COUNT = 1000
