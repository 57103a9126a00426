import type { Browser, Page } from 'playwright-core'
import { BenchError } from '../load/bench-error.ts'
import type { BenchContext } from '../load/measure/bench-context.ts'
import { inTurns } from '../load/measure/in-turns.ts'
import { runWrk } from '../load/measure/wrk.ts'
import { countWrkErrors } from '../load/measure/wrk-report.ts'
import { type RunningProxy, startProxy } from '../load/peers/running-proxy.ts'
import { UPSTREAM_BODIES } from '../load/upstream.ts'
import { openView, type Smoothness, type View, watchFrames } from './browser.ts'
import { readDataPlaneMicros } from './data-plane-cpu.ts'
import { type Program, sluiceRunning, VARIANTS, type Variant } from './programs.ts'

const CONNECTIONS = 64
const PATH = '/'
const URL_TRIES = 500
const URL_PAUSE_MS = 10

/** Processor time of the data plane per request in runs of which one followed the other. */
export type Micros = Readonly<Record<Variant, number>>

/** What one round of one program and page has found. */
export interface Round {
  readonly seconds: readonly Micros[]
  /** Of each second in which the program that the page shows was under load. */
  readonly smoothness: readonly Smoothness[]
  /** Why it does not count; empty if it does. */
  readonly problem: string
}

/**
 * Runs a program three times, without a web UI, with one, and with one that a page shows, and loads
 * them in turns, second by second: what drifts hits all. The page is there all the time, so that it
 * takes as much from wrk, with which it shares a processor, whichever is loaded.
 */
export async function measureRound(
  browser: Browser,
  program: Program,
  view: View,
  context: BenchContext,
): Promise<Round> {
  const { upstream, workspace, cpus, timing } = context
  const setup = { upstream, workspace, cpus: cpus.proxy, workers: 1 }
  const running = new Map<Variant, RunningProxy>()
  let page: Page | undefined
  try {
    for (const variant of VARIANTS) {
      const proxy = await startProxy(sluiceRunning(program, variant), setup)
      running.set(variant, proxy)
      if (variant === 'watched') ({ page } = await openView(browser, await guiUrlOf(proxy), view))
    }
    for (const proxy of running.values()) await load(proxy, timing.warmUpSeconds, context)
    const seconds: Partial<Micros>[] = []
    const smoothness: Smoothness[] = []
    let errors = 0
    await inTurns([...running], timing.countSeconds, async ([variant, proxy], second) => {
      const endFrames = variant === 'watched' ? await watchFrames(page as Page) : undefined
      const before = readDataPlaneMicros(proxy.pid)
      const report = await load(proxy, 1, context)
      const spent = readDataPlaneMicros(proxy.pid) - before
      seconds[second] = { ...seconds[second], [variant]: spent / Math.max(report.requests, 1) }
      errors += countWrkErrors(report, UPSTREAM_BODIES[PATH])
      if (endFrames !== undefined) smoothness.push(await endFrames())
    })
    return {
      seconds: seconds as Micros[],
      smoothness,
      problem: errors > 0 ? `${errors} errors` : '',
    }
  } finally {
    await page?.close()
    for (const proxy of running.values()) await proxy.stop()
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
