import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Browser } from 'playwright-core'
import { BenchError } from '../load/bench-error.ts'
import type { BenchContext, Timing } from '../load/measure/bench-context.ts'
import { judge, judgeInterval, median, medianInterval } from '../load/measure/statistics.ts'
import { pinSelf, planCpus } from '../load/process/cpus.ts'
import { createWorkspace } from '../load/process/workspace.ts'
import { projectPath } from '../load/project.ts'
import { describeMachine } from '../load/report/machine.ts'
import { roundNumbers } from '../load/report/saved-results.ts'
import { requireTools } from '../load/run-benchmark.ts'
import { startUpstream } from '../load/upstream.ts'
import { startBrowser, VIEWS, type View } from './browser.ts'
import { measureLoad, measureRound, type Pair, type Round } from './measure.ts'
import type { Program } from './programs.ts'
import { updateGuiPage } from './report.ts'
import type { CostResult, GuiResults, PageResult } from './results.ts'
import { startSample } from './sample.ts'

const MAX_RATIO = 1.03
const MAX_LOAD_MS = 1000
const LOADS = 5

/** What to measure, and whether docs and committed results are to have it. */
export interface GuiBenchOptions {
  readonly programs: readonly Program[]
  readonly timing: Timing
  readonly isSaved: boolean
}

interface ViewRound extends Round {
  readonly program: Program
  readonly view: View
}

/** Measures what it costs to look, and how the pages run; returns where the results are. */
export async function runGuiBenchmark(options: GuiBenchOptions): Promise<string> {
  requireTools()
  const cpus = planCpus()
  pinSelf(cpus.load)
  const workspace = createWorkspace()
  const upstream = await startUpstream(workspace, cpus.load)
  const context: BenchContext = { cpus, upstream, workspace, timing: options.timing }
  const browser = await startBrowser()
  const runs = await measureRounds(browser, options, context)
  const sample = await startSample(context)
  const views = Object.keys(VIEWS) as View[] // its own keys
  const pages: PageResult[] = []
  for (const view of views) pages.push(await measurePage(browser, sample, view, runs))
  const { rounds, warmUpSeconds, countSeconds } = options.timing
  const results: GuiResults = {
    machine: describeMachine(),
    measuredAt: new Date().toISOString(),
    ...{ rounds, warmUpSeconds, countSeconds },
    costs: options.programs.flatMap((program) => views.map((view) => costOf(program, view, runs))),
    pages,
  }
  const path = projectPath('bench/results', options.isSaved ? 'gui.json' : 'partial.gui.json')
  writeFileSync(path, `${JSON.stringify(results, roundNumbers, 2)}\n`)
  if (options.isSaved) updateGuiPage(results)
  return relative(projectPath('.'), path)
}

async function measureRounds(
  browser: Browser,
  { programs, timing }: GuiBenchOptions,
  context: BenchContext,
): Promise<ViewRound[]> {
  const rounds: ViewRound[] = []
  for (let round = 1; round <= timing.rounds; round++) {
    for (const program of programs) {
      for (const view of Object.keys(VIEWS) as View[]) {
        const found = await measureRound(browser, program, view, context)
        rounds.push({ program, view, ...found })
        const ratios = found.pairs.map(ratioOf)
        console.log(
          `${round}/${timing.rounds} ${program.padEnd(7)}${view.padEnd(10)}` +
            `off ${median(found.pairs.map((one) => one.offMicros)).toFixed(2)} us  ` +
            `open ${median(found.pairs.map((one) => one.openMicros)).toFixed(2)} us  ` +
            `pairs ${median(ratios).toFixed(3)}  ${found.problem}`,
        )
      }
    }
  }
  return rounds
}

function ratioOf({ offMicros, openMicros }: Pair): number {
  return openMicros / offMicros
}

function costOf(program: Program, view: View, runs: readonly ViewRound[]): CostResult {
  const own = runs.filter((one) => one.program === program && one.view === view)
  const pairs = own.filter(({ problem }) => problem === '').flatMap((one) => one.pairs)
  const pairRatios = pairs.map(ratioOf)
  const [low, high] = medianInterval(pairRatios)
  return {
    ...{ program, view },
    offMicros: median(pairs.map(({ offMicros }) => offMicros)),
    openMicros: median(pairs.map(({ openMicros }) => openMicros)),
    ...{ pairRatios, ratio: median(pairRatios), low, high },
    verdict: judgeInterval([low, high], MAX_RATIO),
    problems: own.map(({ problem }) => problem).filter(Boolean),
  }
}

async function measurePage(
  browser: Browser,
  sample: string,
  view: View,
  rounds: readonly ViewRound[],
): Promise<PageResult> {
  const loadMs: number[] = []
  for (let load = 0; load < LOADS; load++) loadMs.push(await measureLoad(browser, sample, view))
  const runs = rounds.filter((one) => one.view === view).flatMap((one) => one.smoothness)
  if (runs.length === 0) throw new BenchError(`the page ${view} was never open`)
  return {
    view,
    loadMs,
    loadVerdict: judge(median(loadMs), loadMs, MAX_LOAD_MS),
    smoothness: {
      framesPerSecond: median(runs.map(({ framesPerSecond }) => framesPerSecond)),
      longestGapMs: median(runs.map(({ longestGapMs }) => longestGapMs)),
    },
  }
}
