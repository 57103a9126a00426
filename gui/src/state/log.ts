import { computed, signal } from '@preact/signals'
import type { LogEntry, LogLines } from '../../../src/admin/gui/contract.ts'
import { readLog } from '../api/program-api.ts'

export const LEVELS = ['all', 'info', 'warn', 'error'] as const

export type LevelFilter = (typeof LEVELS)[number]

/** A line with a number of its own. */
export interface LogLine extends LogEntry {
  readonly id: number
}

const MAX_LINES = 5000
/** Lines that are asked for of what was before. */
const EARLIER_LINES = 1000
/** Lines are shown so often: who reads them sees no difference, and the page has time for more. */
const SHOW_MS = 100

export const lines = signal<readonly LogLine[]>([])
export const level = signal<LevelFilter>('all')
export const search = signal('')

/** The lines that the filters let through. */
export const wantedLines = computed(() => {
  const wanted = search.value.toLowerCase()
  return lines.value.filter((line) => {
    return (
      isShownAt(line, level.value) && (wanted === '' || line.message.toLowerCase().includes(wanted))
    )
  })
})

let lastId = 0
let clearedAt = 0
let waiting: LogLine[] = []

/** Takes lines as they come, and shows those of a moment together. */
export function addLines({ entries, left }: LogLines): void {
  const [first] = entries
  if (first === undefined) return
  if (waiting.length === 0) setTimeout(showWaiting, SHOW_MS)
  const message = `${left} lines are left out: too many at once`
  const gap: LogEntry[] = left > 0 ? [{ time: first.time, level: 'warn', message }] : []
  // Where timers are late, memory is not for what nobody will see.
  waiting = [...waiting, ...[...gap, ...entries].map(withId)].slice(-MAX_LINES)
}

/** Fetches what was logged before the page listened, or while it could not. */
export async function loadLog(): Promise<void> {
  const read = (await readLog(EARLIER_LINES)).filter(({ time }) => time > clearedAt)
  showWaiting()
  const oldest = read[0]?.time ?? 0
  const newest = read.at(-1)?.time ?? 0
  const older = lines.value.filter(({ time }) => time < oldest)
  const later = lines.value.filter(({ time }) => time > newest)
  lines.value = [...older, ...read.map(withId), ...later].slice(-MAX_LINES)
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
  if (waiting.length === 0) return
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
