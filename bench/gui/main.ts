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
import { type Micros, measureLoad, measureRound, type Round } from './measure.ts'
import type { Program, Variant } from './programs.ts'
import { updateGuiPage } from './report.ts'
import type { CostResult, GuiResults, PageResult, Ratio } from './results.ts'
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
        const { off, unwatched, watched } = mediansOf(found.seconds)
        console.log(
          `${round}/${timing.rounds} ${program.padEnd(7)}${view.padEnd(10)}` +
            `off ${off.toFixed(2)} us  unwatched ${unwatched.toFixed(2)} us  ` +
            `watched ${watched.toFixed(2)} us  ${found.problem}`,
        )
      }
    }
  }
  return rounds
}

function costOf(program: Program, view: View, runs: readonly ViewRound[]): CostResult {
  const own = runs.filter((one) => one.program === program && one.view === view)
  const seconds = own.filter(({ problem }) => problem === '').flatMap((one) => one.seconds)
  const watching = ratioOf(seconds.map(({ watched, unwatched }) => watched / unwatched))
  return {
    ...{ program, view, micros: mediansOf(seconds), watching },
    verdict: judgeInterval([watching.low, watching.high], MAX_RATIO),
    all: ratioOf(seconds.map(({ watched, off }) => watched / off)),
    problems: own.map(({ problem }) => problem).filter(Boolean),
  }
}

function ratioOf(pairs: readonly number[]): Ratio {
  const [low, high] = medianInterval(pairs)
  return { pairs, median: median(pairs), low, high }
}

function mediansOf(seconds: readonly Micros[]): Micros {
  const of = (variant: Variant): number => median(seconds.map((one) => one[variant]))
  return { off: of('off'), unwatched: of('unwatched'), watched: of('watched') }
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
