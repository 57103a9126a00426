import { remembered } from './remembered.ts'

/** What was typed and not saved, and the version of the file that it was typed into. */
export interface Draft {
  readonly text: string
  readonly etag: string
}

type Drafts = Readonly<Record<string, Draft>>

const WRITE_MS = 300

const memory = remembered<Drafts>('drafts', {})
let drafts: Drafts = memory.read()
let timer: ReturnType<typeof setTimeout> | undefined

addEventListener('pagehide', write)

/** Drafts by path, those of earlier visits too. */
export function readDrafts(): Drafts {
  return drafts
}

export function keepDraft(path: string, draft: Draft): Drafts {
  return change({ ...drafts, [path]: draft })
}

export function forgetDraft(path: string): Drafts {
  if (!(path in drafts)) return drafts
  const { [path]: _, ...others } = drafts
  return change(others)
}

/** Writes soon: not at every key. */
function change(next: Drafts): Drafts {
  drafts = next
  clearTimeout(timer)
  timer = setTimeout(write, WRITE_MS)
  return drafts
}

function write(): void {
  clearTimeout(timer)
  memory.write(drafts)
}
