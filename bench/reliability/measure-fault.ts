import { setTimeout as pause } from 'node:timers/promises'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { readRssKb } from '../load/process/process-tree.ts'
import { GoodClient } from './client/good-client.ts'
import type { PhaseFigures } from './client/good-client-protocol.ts'
import { countLeaks, readFacts, readSettledFacts } from './facts.ts'
import type { Fault, FaultOutcome } from './fault.ts'
import { type StageSetup, startStage } from './stage.ts'

/** How long each part takes, in seconds. */
export interface FaultTiming {
  /** Good requests alone, before the fault and after it. */
  readonly calm: number
  readonly fault: number
}

/** What the good client saw in one phase. */
export interface GoodFigures {
  readonly phase: string
  readonly sent: number
  readonly failed: number
  readonly firstError: string
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
}

/** One fault: what came of it, what the good client saw, and what was left behind. */
export interface FaultResult extends FaultOutcome {
  readonly name: string
  readonly title: string
  readonly what: string
  readonly good: readonly GoodFigures[]
  readonly rssBeforeMb: number
  readonly rssPeakMb: number
  readonly rssAfterMb: number
  /** Client connections and descriptors that are there after and were not before. */
  readonly leaked: number
  /** What the p99 during the fault has to stay under, in milliseconds; undefined if nothing is promised. */
  readonly p99BarMs?: number | undefined
  /** Whether the process went on, and no worker died. */
  readonly survived: boolean
}

/** Requests per second of the good client. */
const GOOD_RATE = 200
const WARM_UP_MS = 1500
const MEMORY_LOOK_MS = 200

/** Runs one fault against a fresh Sluice while a good client goes on. */
export async function measureFault(
  fault: Fault,
  setup: StageSetup,
  timing: FaultTiming,
): Promise<FaultResult> {
  const stage = await startStage(fault, setup)
  const { port, proxy, patienceMs } = stage
  const client = new GoodClient({ port, path: '/', rate: GOOD_RATE, patienceMs })
  try {
    await client.sending
    await pause(WARM_UP_MS)
    client.phase('before')
    await pause(timing.calm * 1000)
    await client.rest()
    const before = await readFacts(proxy)
    let rssPeakMb = before.rssMb
    const watch = setInterval(() => {
      rssPeakMb = Math.max(rssPeakMb, readRssKb(proxy.pid) / 1024)
    }, MEMORY_LOOK_MS)
    client.phase('during')
    const outcome = await fault.run(stage, timing.fault).finally(() => clearInterval(watch))
    client.phase('after')
    await pause(timing.calm * 1000)
    await client.rest()
    const after = await readSettledFacts(proxy, before)
    const { name, title, what, p99BarMs } = fault
    return {
      ...{ name, title, what, p99BarMs },
      ...outcome,
      good: (await client.stop()).map(goodFigures),
      rssBeforeMb: before.rssMb,
      rssPeakMb,
      rssAfterMb: after.rssMb,
      leaked: countLeaks(before, after),
      survived: proxy.isRunning() && !/Worker \d+ died/.test(proxy.output()),
    }
  } finally {
    await client.kill()
    await proxy.stop()
  }
}

/** Whether good requests were as fast during the fault as is promised. */
export function isFastEnough({ good, p99BarMs }: FaultResult): boolean {
  const during = good.find(({ phase }) => phase === 'during')
  return p99BarMs === undefined || (during !== undefined && during.p99Ms < p99BarMs)
}

function goodFigures({ name, sent, failed, firstError, latencies }: PhaseFigures): GoodFigures {
  const histogram = decodeFromCompressedBase64(latencies)
  const at = (percentile: number): number => histogram.getValueAtPercentile(percentile) / 1000
  return {
    ...{ phase: name, sent, failed, firstError },
    p50Ms: at(50),
    p99Ms: at(99),
    maxMs: histogram.maxValue / 1000,
  }
}
