import { computed, signal } from '@preact/signals'
import type { LogEntry } from '../../../src/admin/gui/contract.ts'
import { readLog } from '../api/program-api.ts'

export const LEVELS = ['all', 'info', 'warn', 'error'] as const

export type LevelFilter = (typeof LEVELS)[number]

/** A line with a number of its own. */
export interface LogLine extends LogEntry {
  readonly id: number
}

const MAX_LINES = 5000
/** More lines than anybody reads make the page slow. */
const MAX_SHOWN = 1000

export const lines = signal<readonly LogLine[]>([])
export const level = signal<LevelFilter>('all')
export const search = signal('')

/** The newest lines that the filters let through. */
export const shownLines = computed(() => {
  const wanted = search.value.toLowerCase()
  const shown = lines.value.filter((line) => {
    return (
      isShownAt(line, level.value) && (wanted === '' || line.message.toLowerCase().includes(wanted))
    )
  })
  return shown.slice(-MAX_SHOWN)
})

let lastId = 0
let clearedAt = 0
let waiting: LogLine[] = []

/** Takes lines as they come, and shows those of one frame together. */
export function addLine(entry: LogEntry): void {
  waiting.push(withId(entry))
  if (waiting.length === 1) requestAnimationFrame(showWaiting)
}

/** Fetches what was logged before the page listened, or while it could not. */
export async function loadLog(): Promise<void> {
  const earlier = (await readLog(MAX_SHOWN)).filter(({ time }) => time > clearedAt)
  const newest = earlier.at(-1)?.time ?? 0
  const later = lines.value.filter(({ time }) => time > newest)
  lines.value = [...earlier.map(withId), ...later]
}

export function clearLog(): void {
  clearedAt = Date.now()
  lines.value = []
}

function withId(entry: LogEntry): LogLine {
  lastId += 1
  return { ...entry, id: lastId }
}

function showWaiting(): void {
  lines.value = [...lines.value, ...waiting].slice(-MAX_LINES)
  waiting = []
}

/** What scripts print has no level, and is shown wherever information is. */
function isShownAt({ level: own }: LogLine, filter: LevelFilter): boolean {
  if (filter === 'all') return true
  if (filter === 'info') return own !== 'debug'
  if (filter === 'warn') return own === 'warn' || own === 'error'
  return own === 'error'
}
