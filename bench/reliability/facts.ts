import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { readSettledRssKb } from '../load/measure/settled-rss.ts'
import type { RunningProxy } from '../load/peers/running-proxy.ts'
import { readRssKb } from '../load/process/process-tree.ts'

/** What a Sluice process has at one moment. */
export interface Facts {
  readonly rssMb: number
  /** Open descriptors that are neither client nor upstream connections. */
  readonly otherFiles: number
  readonly inbound: number
  readonly outbound: number
}

const LOOK_MS = 100
/** Half a minute: nobody is measured meanwhile. */
const ANSWER_LOOKS = 300
const SETTLE_MS = 20_000

/** Asks a process for its tables (SIGTSTP) and looks at its memory and descriptors. */
export async function readFacts(proxy: RunningProxy): Promise<Facts> {
  const { inbound, outbound } = await readCounts(proxy)
  const files = readdirSync(`/proc/${proxy.pid}/fd`).length
  const rssMb = readRssKb(proxy.pid) / 1024
  return { rssMb, otherFiles: files - inbound - outbound, inbound, outbound }
}

/**
 * Waits until a process has no more than it had, or not for ever, and reads its facts; its memory when
 * that stands still.
 */
export async function readSettledFacts(proxy: RunningProxy, before: Facts): Promise<Facts> {
  const deadline = performance.now() + SETTLE_MS
  for (;;) {
    const facts = await readFacts(proxy)
    if (countLeaks(before, facts) === 0 || performance.now() > deadline) {
      return { ...facts, rssMb: (await readSettledRssKb(proxy.pid)) / 1024 }
    }
    await pause(LOOK_MS)
  }
}

/** Client connections and other descriptors that are there after and were not before. */
export function countLeaks(before: Facts, after: Facts): number {
  return (
    Math.max(0, after.inbound - before.inbound) + Math.max(0, after.otherFiles - before.otherFiles)
  )
}

async function readCounts(proxy: RunningProxy): Promise<{ inbound: number; outbound: number }> {
  const before = proxy.output()
  process.kill(proxy.pid, 'SIGTSTP')
  for (let look = 0; look < ANSWER_LOOKS; look++) {
    await pause(LOOK_MS)
    const output = proxy.output()
    const table = output.slice(output.lastIndexOf('CLASS '))
    const inbound = /^Inbound +(\d+)$/m.exec(table)?.[1]
    const outbound = /^Outbound +(\d+)$/m.exec(table)?.[1]
    if (output === before || inbound === undefined || outbound === undefined) continue
    return { inbound: Number(inbound), outbound: Number(outbound) }
  }
  throw new Error('sluice did not print its tables at SIGTSTP')
}
