import { signal } from '@preact/signals'
import type { GuiStats } from '../../../src/admin/gui/contract.ts'

/** Seconds that charts show. */
export const WINDOW_SECONDS = 300

/** What happened in each of the last seconds, oldest first. */
export const history = signal<readonly GuiStats[]>([])

export function addStats(stats: GuiStats): void {
  // A stream that takes the place of another begins with what that has told last.
  if (stats.time === history.value.at(-1)?.time) return
  history.value = [...history.value, stats].slice(-WINDOW_SECONDS)
}
