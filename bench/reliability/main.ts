import { writeFileSync } from 'node:fs'
import { BenchError } from '../load/bench-error.ts'
import { cleanUpOnSignals, runCleanups } from '../load/process/cleanup.ts'
import { planCpus } from '../load/process/cpus.ts'
import { createWorkspace } from '../load/process/workspace.ts'
import { projectPath } from '../load/project.ts'
import { describeMachine } from '../load/report/machine.ts'
import { ALL_FAULTS } from './all-faults.ts'
import { type FuzzResult, fuzz, fuzzTargets } from './fuzz.ts'
import { runHttpSafety } from './http-safety.ts'
import { type FaultResult, isFastEnough, measureFault } from './measure-fault.ts'
import { parseReliabilityOptions, RELIABILITY_HELP, type ReliabilityRun } from './options.ts'
import { renderPage } from './report/page.ts'
import {
  PAGE_PATH,
  type ReliabilityResults,
  readReliabilityResults,
  saveReliabilityResults,
} from './report/results.ts'
import { prepareStages } from './stage.ts'
import { measureTimers } from './timers.ts'

/** Runs the reliability command; returns the exit code, 1 when something did not pass. */
export async function main(argv: readonly string[]): Promise<number> {
  cleanUpOnSignals()
  try {
    const options = parseReliabilityOptions(argv)
    if (options.command === 'run') return (await run(options)) ? 0 : 1
    if (options.command === 'help') console.log(RELIABILITY_HELP)
    else if (options.command === 'list') console.log(listFaults())
    else writePage()
    return 0
  } catch (error) {
    if (!(error instanceof BenchError)) throw error
    console.error(`reliability: ${error.message}`)
    return 1
  } finally {
    await runCleanups()
  }
}

/** How long the good client is alone, before and after a fault. */
const CALM_SECONDS = 2

async function run(options: ReliabilityRun): Promise<boolean> {
  const setup = await prepareStages(createWorkspace(), planCpus().all)
  const faults: FaultResult[] = []
  const timing = { calm: CALM_SECONDS, fault: options.faultSeconds }
  for (const fault of options.faults) {
    const seconds = Math.max(timing.fault, fault.leastSeconds ?? 0)
    const result = await measureFault(fault, setup, { ...timing, fault: seconds })
    faults.push(result)
    console.log(describeFault(result))
  }
  const httpSafety = options.hasHttpSafety ? await runHttpSafety() : undefined
  if (httpSafety !== undefined) {
    const { cases, passed, firstError } = httpSafety
    console.log(`http-safety: ${passed} of ${cases} cases passed ${firstError}`)
  }
  const fuzzed: FuzzResult[] = []
  for (const target of options.fuzzSeconds > 0 ? fuzzTargets() : []) {
    const result = await fuzz(target, options.fuzzSeconds)
    fuzzed.push(result)
    console.log(`${target}: ${result.executions} executions, ${result.finding || 'no finding'}`)
  }
  const timers = options.hasTimers ? await measureTimers() : undefined
  for (const { name, ns, unit } of timers?.costs ?? []) console.log(`${name}: ${ns} ns/${unit}`)
  if (options.save !== 'nothing') {
    save({ faults, httpSafety, fuzz: fuzzed, timers }, options)
    writePage()
  }
  const isSafe = httpSafety === undefined || httpSafety.passed === httpSafety.cases
  return isSafe && faults.every(hasPassed) && fuzzed.every(({ finding }) => finding === '')
}

type Found = Pick<ReliabilityResults, 'faults' | 'httpSafety' | 'fuzz' | 'timers'>

function save({ faults, httpSafety, fuzz, timers }: Found, options: ReliabilityRun): void {
  const earlier = options.save === 'some' ? readReliabilityResults() : undefined
  const find = (list: readonly FaultResult[], wanted: string): FaultResult[] =>
    list.filter(({ name }) => name === wanted)
  saveReliabilityResults({
    machine: describeMachine(),
    measuredAt: new Date().toISOString(),
    faultSeconds: options.faultSeconds,
    faults: ALL_FAULTS.flatMap(({ name }) => {
      const fresh = find(faults, name)
      return fresh.length > 0 ? fresh : find(earlier?.faults ?? [], name)
    }),
    httpSafety: httpSafety ?? earlier?.httpSafety,
    fuzz: fuzz.length > 0 ? fuzz : (earlier?.fuzz ?? []),
    timers: timers ?? earlier?.timers,
  })
}

function hasPassed(fault: FaultResult): boolean {
  const isGood = fault.good.every(({ failed }) => failed === 0) && isFastEnough(fault)
  return isGood && fault.passed === fault.cases && fault.leaked === 0 && fault.survived
}

function describeFault(fault: FaultResult): string {
  const good = fault.good.map(
    ({ phase, sent, failed, firstError, p50Ms, p99Ms }) =>
      `    ${phase}: ${sent} good requests, ${failed} failed ${firstError}; p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`,
  )
  const memory = [fault.rssBeforeMb, fault.rssPeakMb, fault.rssAfterMb]
  return [
    `${fault.name}: ${hasPassed(fault) ? 'passed' : 'FAILED'}; ${fault.passed} of ${fault.cases} cases ${fault.firstError}`,
    ...good,
    `    memory ${memory.map((value) => value.toFixed(0)).join(' / ')} MB, ${fault.leaked} left`,
  ].join('\n')
}

function listFaults(): string {
  return ALL_FAULTS.map(({ name, title, what }) => `${name.padEnd(18)}${title}\n  ${what}`).join(
    '\n',
  )
}

function writePage(): void {
  const results = readReliabilityResults()
  if (results === undefined) throw new BenchError('no results yet: run npm run reliability')
  writeFileSync(projectPath(PAGE_PATH), renderPage(results))
  console.log(`${PAGE_PATH} written`)
}
