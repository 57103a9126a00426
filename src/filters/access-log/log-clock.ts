import { performance } from 'node:perf_hooks'

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')
/** How long the difference of the clocks is trusted: somebody may set the time. */
const RESYNC_MS = 1000

/** Writes times of the monotonic clock as dates. What is the same within a second is written once. */
export class LogClock {
  /** What the monotonic clock has to be moved by to tell milliseconds since the epoch. */
  #offset = 0
  #syncedAt = Number.NEGATIVE_INFINITY
  #isoSecond = -1
  #isoText = ''
  #commonSecond = -1
  #commonText = ''

  /** As `2026-01-31T12:00:00.123Z`. */
  iso(monotonicMs: number): string {
    const time = Math.round(this.epoch(monotonicMs))
    const second = Math.floor(time / 1000)
    if (second !== this.#isoSecond) {
      this.#isoSecond = second
      this.#isoText = new Date(second * 1000).toISOString().slice(0, 20)
    }
    const ms = time - second * 1000
    return `${this.#isoText}${ms < 100 ? (ms < 10 ? '00' : '0') : ''}${ms}Z`
  }

  /** As `31/Jan/2026:13:00:00 +0100`, in the time zone of the process. */
  common(monotonicMs: number): string {
    const second = Math.floor(Math.round(this.epoch(monotonicMs)) / 1000)
    if (second !== this.#commonSecond) {
      this.#commonSecond = second
      this.#commonText = formatCommon(new Date(second * 1000))
    }
    return this.#commonText
  }

  /** Milliseconds since the epoch. */
  epoch(monotonicMs: number): number {
    if (monotonicMs - this.#syncedAt > RESYNC_MS) {
      this.#offset = Date.now() - performance.now()
      this.#syncedAt = monotonicMs
    }
    return monotonicMs + this.#offset
  }
}

function formatCommon(date: Date): string {
  const day = `${pad(date.getDate())}/${MONTHS[date.getMonth()]}/${date.getFullYear()}`
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(pad).join(':')
  const minutes = -date.getTimezoneOffset()
  const [sign, zone] = minutes < 0 ? ['-', -minutes] : ['+', minutes]
  return `${day}:${time} ${sign}${pad(Math.floor(zone / 60))}${pad(zone % 60)}`
}

function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
