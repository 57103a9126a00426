import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import type { Browser } from 'playwright-core'
import { BenchError } from '../load/bench-error.ts'
import type { BenchContext, Timing } from '../load/measure/bench-context.ts'
import { judge, median } from '../load/measure/statistics.ts'
import { pinSelf, planCpus } from '../load/process/cpus.ts'
import { createWorkspace } from '../load/process/workspace.ts'
import { projectPath } from '../load/project.ts'
import { describeMachine } from '../load/report/machine.ts'
import { roundNumbers } from '../load/report/saved-results.ts'
import { requireTools } from '../load/run-benchmark.ts'
import { startUpstream } from '../load/upstream.ts'
import { startBrowser, VIEWS, type View } from './browser.ts'
import { startDecoy } from './decoy.ts'
import { measureCost, measureLoad, type Run } from './measure.ts'
import type { Program } from './programs.ts'
import { updateGuiPage } from './report.ts'
import type { CostResult, GuiResults, PageResult } from './results.ts'

const MAX_RATIO = 1.03
const MAX_LOAD_MS = 1000
const LOADS = 5

/** What to measure, and whether docs and committed results are to have it. */
export interface GuiBenchOptions {
  readonly programs: readonly Program[]
  readonly timing: Timing
  readonly isSaved: boolean
}

interface Pair {
  readonly program: Program
  readonly view: View
  readonly off: Run
  readonly open: Run
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
  const decoy = await startDecoy(context)
  const pairs = await measurePairs(browser, decoy, options, context)
  const views = Object.keys(VIEWS) as View[] // its own keys
  const pages: PageResult[] = []
  for (const view of views) pages.push(await measurePage(browser, decoy, view, pairs))
  const { rounds, warmUpSeconds, countSeconds } = options.timing
  const results: GuiResults = {
    machine: describeMachine(),
    measuredAt: new Date().toISOString(),
    ...{ rounds, warmUpSeconds, countSeconds },
    costs: options.programs.flatMap((program) => views.map((view) => costOf(program, view, pairs))),
    pages,
  }
  const path = projectPath('bench/results', options.isSaved ? 'gui.json' : 'partial.gui.json')
  writeFileSync(path, `${JSON.stringify(results, roundNumbers, 2)}\n`)
  if (options.isSaved) updateGuiPage(results)
  return relative(projectPath('.'), path)
}

/** In turns, as `runPairedRounds` does: what drifts hits both of a pair. */
async function measurePairs(
  browser: Browser,
  decoy: string,
  { programs, timing }: GuiBenchOptions,
  context: BenchContext,
): Promise<Pair[]> {
  const pairs: Pair[] = []
  for (let round = 1; round <= timing.rounds; round++) {
    for (const program of programs) {
      for (const view of Object.keys(VIEWS) as View[]) {
        const off = await measureCost(browser, program, view, context, decoy)
        const open = await measureCost(browser, program, view, context)
        pairs.push({ program, view, off, open })
        console.log(
          `${round}/${timing.rounds} ${program.padEnd(7)}${view.padEnd(10)}` +
            `off ${off.micros.toFixed(2)} us  open ${open.micros.toFixed(2)} us  ` +
            `${open.smoothness.framesPerSecond.toFixed(0)} frames/s  ` +
            `longest gap ${open.smoothness.longestGapMs.toFixed(0)} ms  ${off.problem}${open.problem}`,
        )
      }
    }
  }
  return pairs
}

function costOf(program: Program, view: View, pairs: readonly Pair[]): CostResult {
  const own = pairs.filter((one) => one.program === program && one.view === view)
  const good = own.filter(({ off, open }) => off.problem === '' && open.problem === '')
  const pairRatios = good.map(({ off, open }) => open.micros / off.micros)
  const offMicros = median(good.map(({ off }) => off.micros))
  const openMicros = median(good.map(({ open }) => open.micros))
  const ratioOfMedians = openMicros / offMicros
  return {
    ...{ program, view, offMicros, openMicros, pairRatios, ratioOfMedians },
    verdict: good.length === 0 ? 'not measured' : judge(ratioOfMedians, pairRatios, MAX_RATIO),
    problems: own.flatMap(({ off, open }) => [off, open].map((one) => one.problem).filter(Boolean)),
  }
}

async function measurePage(
  browser: Browser,
  decoy: string,
  view: View,
  pairs: readonly Pair[],
): Promise<PageResult> {
  const loadMs: number[] = []
  for (let load = 0; load < LOADS; load++) loadMs.push(await measureLoad(browser, decoy, view))
  const runs = pairs.filter((one) => one.view === view).map(({ open }) => open.smoothness)
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
