import { signal } from '@preact/signals'
import { forget, namesBelow, read, write } from './remembered.ts'

/** What was typed and not saved, and the version of the file that it was typed into. */
export interface Draft {
  readonly text: string
  readonly etag: string
}

const WRITE_MS = 300

/** Drafts by path, those of earlier visits and of other tabs too. */
export const drafts = signal<ReadonlyMap<string, Draft>>(new Map())

/** What the names of drafts begin with: each has its own, so that no tab overwrites those of others. */
let prefix: string | undefined
/** Paths whose drafts have changed and are not written yet. */
const changed = new Set<string>()
let timer: ReturnType<typeof setTimeout> | undefined

addEventListener('pagehide', writeChanged)

/** Begins with what is kept for a root directory. */
export function loadDrafts(rootId: string): void {
  const begin = `draft.${rootId}.`
  prefix = begin
  const known = new Map<string, Draft>()
  for (const name of namesBelow(begin)) {
    const draft = read<Draft | null>(name, null)
    if (draft !== null) known.set(name.slice(begin.length), draft)
  }
  drafts.value = known
}

export function keepDraft(path: string, draft: Draft): void {
  drafts.value = new Map(drafts.value).set(path, draft)
  change(path)
}

export function forgetDraft(path: string): void {
  if (!drafts.value.has(path)) return
  const others = new Map(drafts.value)
  others.delete(path)
  drafts.value = others
  change(path)
}

/** What another tab may have left of a file since this one began. */
export function latestDraft(path: string): Draft | undefined {
  if (prefix === undefined || changed.has(path)) return drafts.value.get(path)
  const draft = read<Draft | null>(`${prefix}${path}`, null)
  const known = new Map(drafts.value)
  if (draft === null) known.delete(path)
  else known.set(path, draft)
  drafts.value = known
  return draft ?? undefined
}

/** Writes soon: not at every key. */
function change(path: string): void {
  changed.add(path)
  clearTimeout(timer)
  timer = setTimeout(writeChanged, WRITE_MS)
}

function writeChanged(): void {
  clearTimeout(timer)
  if (prefix === undefined) return
  for (const path of changed) {
    const draft = drafts.value.get(path)
    if (draft === undefined) forget(`${prefix}${path}`)
    else write(`${prefix}${path}`, draft)
  }
  changed.clear()
}
