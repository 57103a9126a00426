import { observeLog } from '../observability/logger.ts'
import type { EventFeed } from './event-streams.ts'

const PERIOD_MS = 1000

/** Every line of the log. */
export const LOG_FEED: EventFeed = {
  start: (send) =>
    observeLog((entries) => {
      for (const entry of entries) send(entry)
    }),
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
