import { signal } from '@preact/signals'
import type { GuiStats } from '../../../src/admin/gui/contract.ts'

/** Seconds that charts show. */
export const WINDOW_SECONDS = 300
/** Workers tell their numbers once a second: much shorter intervals know of none. */
const SHORT_SECONDS = 0.5

/** What happened in each of the last seconds, oldest first. */
export const history = signal<readonly GuiStats[]>([])

export function addStats(stats: GuiStats): void {
  // A stream that takes the place of another begins with what that has told last.
  const latest = history.value.at(-1)
  if (stats.time === latest?.time) return
  // Its first interval is a short one, for pages that have nothing to show yet.
  if (latest !== undefined && stats.seconds < SHORT_SECONDS) return
  history.value = [...history.value, stats].slice(-WINDOW_SECONDS)
}
