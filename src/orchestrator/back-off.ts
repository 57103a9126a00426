/** A worker that lived this long was healthy: its death starts a new series. */
const HEALTHY_MS = 10_000
const FIRST_DELAY_MS = 100
const MAX_DELAY_MS = 10_000

/** Delays for restarting what keeps dying: none at first, then twice as long each time. */
export class BackOff {
  #deaths = 0

  /** Returns how long to wait, after a life of `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= HEALTHY_MS) this.#deaths = 0
    const deaths = this.#deaths++
    return deaths === 0 ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (deaths - 1), MAX_DELAY_MS)
  }
}
