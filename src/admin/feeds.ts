import { observeLog } from '../observability/logger.ts'
import { distributionsOf } from '../orchestrator/metrics/distributions.ts'
import type { Reading, StatsReader } from '../orchestrator/metrics/stats.ts'
import type { EventFeed, SendEvent } from './event-streams.ts'
import { LogBatch } from './log-batch.ts'

const PERIOD_MS = 1000
/** Soon enough for people, and far fewer events than lines. */
const LOG_PERIOD_MS = 100

/** The lines of the log, those of a tenth of a second together. */
export const LOG_FEED: EventFeed = {
  start: (send) => {
    const batch = new LogBatch()
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = observeLog((entries) => {
      batch.add(entries)
      timer ??= setTimeout(() => {
        timer = undefined
        send(batch.take())
      }, LOG_PERIOD_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  },
}

/**
 * The numbers of each second, if there are any. The reader is made anew for each run of the feed, and
 * read once at the beginning: what was before is no part of the first second.
 */
export function statsEverySecond(makeReader: () => StatsReader | undefined): EventFeed {
  return {
    start: (send) => {
      const reader = makeReader()
      const tick = async (): Promise<void> => {
        const reading = await reader?.read()
        if (reading !== undefined) sendReading(send, reading)
      }
      void reader?.read()
      const timer = setInterval(() => void tick(), PERIOD_MS)
      return () => clearInterval(timer)
    },
  }
}

/** Sends the numbers of an interval; who wants latency distributions gets those he has named. */
export function sendReading(send: SendEvent, { stats, durations }: Reading): void {
  send(stats, (wanted) => ({ distributions: distributionsOf(durations, wanted) }))
}
