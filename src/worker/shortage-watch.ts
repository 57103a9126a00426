import { performance } from 'node:perf_hooks'

/** A shortage is over when nothing was refused for so long. */
const QUIET_MS = 5000
const LOOK_MS = 1000

/** Joins refusals of the system into episodes, of which only the beginning and the end are told. */
export class ShortageWatch {
  readonly #report: (errno: number) => void
  #lastAt = 0
  #timer: NodeJS.Timeout | undefined

  /** `report` is called with an errno when an episode begins, and with 0 when it is over. */
  constructor(report: (errno: number) => void) {
    this.#report = report
  }

  /** The system has refused a descriptor or memory. */
  happened(errno: number): void {
    this.#lastAt = performance.now()
    if (this.#timer !== undefined) return
    this.#report(errno)
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  #look(): void {
    if (performance.now() - this.#lastAt < QUIET_MS) return
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#report(0)
  }
}
