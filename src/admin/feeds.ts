import { observeLog } from '../observability/logger.ts'
import type { EventFeed } from './event-streams.ts'
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
 * What `read` gives, every second. It is made anew for each run of the feed, and read once at the
 * beginning: what was before is no part of the first second.
 */
export function everySecond(makeReader: () => () => Promise<object | undefined>): EventFeed {
  return {
    start: (send) => {
      const read = makeReader()
      const tick = async (): Promise<void> => {
        const data = await read()
        if (data !== undefined) send(data)
      }
      void read()
      const timer = setInterval(() => void tick(), PERIOD_MS)
      return () => clearInterval(timer)
    },
  }
}
