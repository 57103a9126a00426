import { describeShortage } from '../native/shortage.ts'
import { logger } from '../observability/logger.ts'

/**
 * Logs once when the process runs out of descriptors or memory, and once when that is over, however
 * many workers notice.
 */
export class Shortages {
  /** Slots whose worker is short of something. */
  readonly #slots = new Set<number>()

  /** Takes what the worker of a slot has found: a positive errno, or 0 when it is over. */
  report(slot: number, errno: number): void {
    if (errno === 0) {
      if (this.#slots.delete(slot) && this.#slots.size === 0) {
        logger.info('[resources] There is enough again; all connections are accepted')
      }
      return
    }
    if (this.#slots.size === 0) {
      const what = describeShortage(errno)
      logger.error(`[resources] New connections wait or fail with 503: ${what}`)
    }
    this.#slots.add(slot)
  }
}
