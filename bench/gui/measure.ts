import type { Browser } from 'playwright-core'
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

/** What one run under load found. */
export interface Run {
  /** Processor time of the data plane per request. */
  readonly micros: number
  readonly smoothness: Smoothness
  /** Why it does not count; empty if it does. */
  readonly problem: string
}

/** Loads a program with wrk while a page shows it, or, with `decoy`, has no web UI at all. */
export async function measureCost(
  browser: Browser,
  program: Program,
  view: View,
  context: BenchContext,
  decoy?: string,
): Promise<Run> {
  const { upstream, workspace, cpus, timing } = context
  const peer = sluiceRunning(program, decoy === undefined)
  const proxy = await startProxy(peer, { upstream, workspace, cpus: cpus.proxy, workers: 1 })
  try {
    const { page } = await openView(browser, decoy ?? (await guiUrlOf(proxy)), view)
    const load = (seconds: number) =>
      runWrk(
        { port: proxy.port, path: PATH, connections: CONNECTIONS, seconds },
        cpus.load,
        workspace,
      )
    await load(timing.warmUpSeconds)
    const endFrames = await watchFrames(page)
    const before = readDataPlaneMicros(proxy.pid)
    const report = await load(timing.countSeconds)
    const micros = (readDataPlaneMicros(proxy.pid) - before) / Math.max(report.requests, 1)
    const smoothness = await endFrames()
    await page.close()
    const errors = countWrkErrors(report, UPSTREAM_BODIES[PATH])
    return { micros, smoothness, problem: errors > 0 ? `${errors} errors` : '' }
  } finally {
    await proxy.stop()
  }
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
