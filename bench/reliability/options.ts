import { parseArgs } from 'node:util'
import { BenchError } from '../load/bench-error.ts'
import { ALL_FAULTS } from './all-faults.ts'
import type { Fault } from './fault.ts'

/** What the command line asks for. */
export type ReliabilityOptions = { readonly command: 'help' | 'list' | 'page' } | ReliabilityRun

/** What to run and how long. */
export interface ReliabilityRun {
  readonly command: 'run'
  readonly faults: readonly Fault[]
  readonly faultSeconds: number
  /** Whether the cases of odd and hostile HTTP are run. */
  readonly hasHttpSafety: boolean
  /** Whether the wheel of time-outs is measured. */
  readonly hasTimers: boolean
  /** Seconds for each fuzz target; 0 leaves fuzzing out. */
  readonly fuzzSeconds: number
  /** What is written down: everything anew, these faults instead of their earlier results, or nothing. */
  readonly save: 'all' | 'some' | 'nothing'
}

/** Printed by `--help`. */
export const RELIABILITY_HELP: string = `Usage: npm run reliability [-- <fault> …] [-- options]

Makes things go wrong around a running Sluice and counts what becomes of good requests.

  npm run reliability              all faults, http-safety, time-outs and the fuzzers, about ten minutes;
                                   writes bench/results/reliability.json and docs/reliability.md
  npm run reliability -- <fault> … one or more faults; prints what it found
  npm run reliability -- http-safety  odd and hostile HTTP, case by case
  npm run reliability -- timers    what time-outs of 100,000 connections cost
  npm run reliability -- list      the faults
  npm run reliability -- page      writes docs/reliability.md from bench/results/reliability.json

Options
  --seconds S      length of each fault (default 5)
  --fuzz-seconds S for each fuzz target (default 10 when all faults run, otherwise 0)
  --save           of single faults: put them into the results in place of earlier ones
  --help           this text
`

/** Parses the command line; wrong ones are a BenchError. */
export function parseReliabilityOptions(argv: readonly string[]): ReliabilityOptions {
  const { values, positionals } = parse(argv)
  const [command] = positionals
  if (values.help) return { command: 'help' }
  if (command === 'list' || command === 'page') return { command }
  const isComplete = positionals.length === 0
  const names = positionals.filter((name) => name !== HTTP_SAFETY && name !== TIMERS)
  return {
    command: 'run',
    faults: isComplete ? ALL_FAULTS : names.map(findFault),
    hasHttpSafety: isComplete || positionals.includes(HTTP_SAFETY),
    hasTimers: isComplete || positionals.includes(TIMERS),
    faultSeconds: parseSeconds('--seconds', values.seconds, 5),
    fuzzSeconds: parseSeconds('--fuzz-seconds', values['fuzz-seconds'], isComplete ? 10 : 0),
    save: isComplete ? 'all' : values.save ? 'some' : 'nothing',
  }
}

const MAX_SECONDS = 3600
/** Stand for the cases of odd and hostile HTTP and for the wheel, beside the names of faults. */
const HTTP_SAFETY = 'http-safety'
const TIMERS = 'timers'

function parse(argv: readonly string[]): {
  values: { help: boolean; save: boolean; seconds?: string; 'fuzz-seconds'?: string }
  positionals: string[]
} {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        save: { type: 'boolean', default: false },
        seconds: { type: 'string' },
        'fuzz-seconds': { type: 'string' },
      },
    })
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : String(error))
  }
}

function findFault(name: string): Fault {
  const fault = ALL_FAULTS.find((one) => one.name === name)
  if (fault !== undefined) return fault
  const names = ALL_FAULTS.map((one) => one.name).join(', ')
  throw new BenchError(`no fault "${name}": expected ${names}, ${HTTP_SAFETY}, ${TIMERS}`)
}

function parseSeconds(option: string, text: string | undefined, byDefault: number): number {
  if (text === undefined) return byDefault
  const seconds = Number(text)
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= MAX_SECONDS) return seconds
  throw new BenchError(`${option} must be a whole number from 0 to ${MAX_SECONDS}`)
}
