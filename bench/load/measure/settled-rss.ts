import { setTimeout as pause } from 'node:timers/promises'
import { readRssKb } from '../process/process-tree.ts'

/** Waits until a process tree's resident memory stands still (bounded), and returns it in KB. */
export async function readSettledRssKb(pid: number): Promise<number> {
  await pause(SETTLE_MS)
  let previous = readRssKb(pid)
  for (let look = 0; look < MAX_LOOKS; look++) {
    await pause(LOOK_MS)
    const current = readRssKb(pid)
    if (Math.abs(current - previous) <= STILL_KB) return current
    previous = current
  }
  return previous
}

const SETTLE_MS = 1_500
const LOOK_MS = 500
const MAX_LOOKS = 6
const STILL_KB = 16
