import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { BenchError } from '../load/bench-error.ts'
import { onCleanup } from '../load/process/cleanup.ts'

const CHROMIUM = '/usr/bin/chromium'
const SIZE = { width: 1280, height: 800 }
/** For what never comes. */
const TIMEOUT_MS = 30_000

/** The pages that cost something, and what is the first of them that tells anything. */
export const VIEWS = {
  dashboard: '.tiles, table tbody tr',
  graph: '.flow-drawing [data-pipeline]',
} as const

export type View = keyof typeof VIEWS

/** How evenly a page was drawn. */
export interface Smoothness {
  readonly framesPerSecond: number
  readonly longestGapMs: number
}

/** Starts Chromium without a window, on the processors of the benchmark itself. */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) throw new BenchError('missing programs: apt-get install chromium')
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // Chromium's sandbox refuses to be root's.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  onCleanup(() => browser.close())
  return browser
}

/** Opens a page of a web UI and returns how long it took from the address to something to see. */
export async function openView(
  browser: Browser,
  url: string,
  view: View,
): Promise<{ page: Page; loadMs: number }> {
  const page = await browser.newPage({ viewport: SIZE })
  page.setDefaultTimeout(TIMEOUT_MS)
  await page.addInitScript(watchFor(VIEWS[view]))
  await page.goto(`${url}/#/${view}`)
  return { page, loadMs: Number(await page.evaluate(DRAWN)) }
}

/** Begins to count the frames of a page; the function that it returns ends that. */
export async function watchFrames(page: Page): Promise<() => Promise<Smoothness>> {
  await page.evaluate(COUNT_FRAMES)
  return () => page.evaluate(READ_FRAMES)
}

// Texts, because the types of browsers are not those of this project.

function watchFor(selector: string): string {
  return `{
    const look = (now) => {
      if (document.querySelector(${JSON.stringify(selector)}) === null) requestAnimationFrame(look)
      else window.drawnAfterMs = Math.max(now, 1)
    }
    requestAnimationFrame(look)
  }`
}

const DRAWN = `new Promise((resolve) => {
  const look = () => {
    if (window.drawnAfterMs === undefined) requestAnimationFrame(look)
    else resolve(window.drawnAfterMs)
  }
  look()
})`

const COUNT_FRAMES = `{
  const begin = performance.now()
  const frames = { count: 0, longest: 0, begin, last: begin }
  window.frames_ = frames
  const count = (now) => {
    if (window.frames_ !== frames) return
    frames.count++
    frames.longest = Math.max(frames.longest, now - frames.last)
    frames.last = now
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
}`

const READ_FRAMES = `(() => {
  const { count, longest, begin, last } = window.frames_
  window.frames_ = null
  const now = performance.now()
  return {
    framesPerSecond: count / ((now - begin) / 1000),
    longestGapMs: Math.max(longest, now - last),
  }
})()`
