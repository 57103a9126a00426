import type { Browser, Page } from 'playwright-core'
import { BenchError } from '../load/bench-error.ts'
import type { BenchContext } from '../load/measure/bench-context.ts'
import { runWrk } from '../load/measure/wrk.ts'
import { countWrkErrors } from '../load/measure/wrk-report.ts'
import { type RunningProxy, startProxy } from '../load/peers/running-proxy.ts'
import { UPSTREAM_BODIES } from '../load/upstream.ts'
import { openView, type Smoothness, type View, watchFrames } from './browser.ts'
import { readDataPlaneMicros } from './data-plane-cpu.ts'
import { type Program, sluiceRunning } from './programs.ts'

const CONNECTIONS = 64
const PATH = '/'
const URL_TRIES = 500
const URL_PAUSE_MS = 10

/** Processor time of the data plane per request, of two runs of which one followed the other. */
export interface Pair {
  readonly offMicros: number
  readonly openMicros: number
}

/** What one round of one program and page has found. */
export interface Round {
  readonly pairs: readonly Pair[]
  /** Of each second under load. */
  readonly smoothness: readonly Smoothness[]
  /** Why it does not count; empty if it does. */
  readonly problem: string
}

/**
 * Runs a program twice, without a web UI and with a page that shows it, and loads now the one and now
 * the other, second by second: what drifts hits both. The page is there all the time, so that it takes
 * as much from wrk, with which it shares a processor, while the other program is loaded.
 */
export async function measureRound(
  browser: Browser,
  program: Program,
  view: View,
  context: BenchContext,
): Promise<Round> {
  const { upstream, workspace, cpus, timing } = context
  const setup = { upstream, workspace, cpus: cpus.proxy, workers: 1 }
  const started: RunningProxy[] = []
  let page: Page | undefined
  try {
    const off = await startProxy(sluiceRunning(program, false), setup)
    started.push(off)
    const watched = await startProxy(sluiceRunning(program, true), setup)
    started.push(watched)
    ;({ page } = await openView(browser, await guiUrlOf(watched), view))
    for (const proxy of started) await load(proxy, timing.warmUpSeconds, context)
    const pairs: Pair[] = []
    const smoothness: Smoothness[] = []
    let errors = 0
    const slice = async (proxy: RunningProxy): Promise<number> => {
      const before = readDataPlaneMicros(proxy.pid)
      const report = await load(proxy, 1, context)
      errors += countWrkErrors(report, UPSTREAM_BODIES[PATH])
      return (readDataPlaneMicros(proxy.pid) - before) / Math.max(report.requests, 1)
    }
    for (let second = 0; second < timing.countSeconds; second++) {
      // In turns as well: whoever comes second finds the upstream warm.
      const isOffFirst = second % 2 === 0
      let offMicros = isOffFirst ? await slice(off) : 0
      const endFrames = await watchFrames(page)
      const openMicros = await slice(watched)
      smoothness.push(await endFrames())
      if (!isOffFirst) offMicros = await slice(off)
      pairs.push({ offMicros, openMicros })
    }
    return { pairs, smoothness, problem: errors > 0 ? `${errors} errors` : '' }
  } finally {
    await page?.close()
    for (const proxy of started) await proxy.stop()
  }
}

function load(proxy: RunningProxy, seconds: number, { cpus, workspace }: BenchContext) {
  const run = { port: proxy.port, path: PATH, connections: CONNECTIONS, seconds }
  return runWrk(run, cpus.load, workspace)
}

/** How long a page takes to be there, in a browser that has not seen it before. */
export async function measureLoad(browser: Browser, url: string, view: View): Promise<number> {
  const { page, loadMs } = await openView(browser, url, view)
  await page.close()
  return loadMs
}

/** Where a process that has just started serves its web UI. */
export async function guiUrlOf(proxy: RunningProxy): Promise<string> {
  for (let tries = 0; tries < URL_TRIES; tries++) {
    const [, url] = /\[gui\] Web UI on (http:\S+)/.exec(proxy.output()) ?? []
    if (url !== undefined) return url
    await new Promise((resolve) => setTimeout(resolve, URL_PAUSE_MS))
  }
  throw new BenchError('the web UI did not start')
}
