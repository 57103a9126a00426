import { computed, signal } from '@preact/signals'
import { readFile, writeFile } from '../api/files-api.ts'
import { RequestError } from '../api/request.ts'
import { confirm } from './dialog.ts'
import { type Draft, forgetDraft, keepDraft, readDrafts } from './drafts.ts'
import { place } from './place.ts'

/** A file that is open in the editor. */
export interface FileBuffer {
  readonly path: string
  /** What was last read or written. */
  readonly saved: string
  readonly etag: string
  /** What the user sees. */
  readonly text: string
  /** Grows whenever the text changes by other means than typing. */
  readonly revision: number
}

export const buffers = signal<ReadonlyMap<string, FileBuffer>>(new Map())

/** Files with changes that are not saved, those of earlier visits too. */
export const dirtyPaths = computed<ReadonlySet<string>>(() => {
  const dirty = new Set(Object.keys(drafts.value))
  for (const [path, buffer] of buffers.value) {
    if (isDirty(buffer)) dirty.add(path)
    else dirty.delete(path)
  }
  return dirty
})

/** The file of the address, as far as it is loaded. */
export const currentBuffer = computed(() => {
  const { file } = place.value
  return file === null ? undefined : buffers.value.get(`/${file}`)
})

const drafts = signal<Readonly<Record<string, Draft>>>(readDrafts())

export function isDirty({ text, saved }: FileBuffer): boolean {
  return text !== saved
}

/** Loads a file unless it is open; what was typed before and not saved is there again. */
export async function openBuffer(path: string): Promise<void> {
  if (buffers.value.has(path)) return
  const { text, etag } = await readFile(path)
  const draft = drafts.value[path]
  put({ path, saved: text, etag: draft?.etag ?? etag, text: draft?.text ?? text, revision: 0 })
}

export function editBuffer(path: string, text: string): void {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || buffer.text === text) return
  put({ ...buffer, text })
  if (text === buffer.saved) drop(path)
  else drafts.value = keepDraft(path, { text, etag: buffer.etag })
}

/** Writes a buffer to its file. False if that has changed and the user does not want to lose that. */
export async function saveBuffer(path: string): Promise<boolean> {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || !isDirty(buffer)) return true
  const { text } = buffer
  let etag: string
  try {
    etag = await writeFile(path, text, buffer.etag === '' ? undefined : buffer.etag)
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 412) throw error
    const question = `${path} was changed by somebody else since it was opened here.`
    if (!(await confirm('Overwrite the file?', question, 'Overwrite'))) return false
    etag = await writeFile(path, text)
  }
  const now = buffers.value.get(path)
  if (now === undefined) return true
  put({ ...now, saved: text, etag })
  if (now.text === text) drop(path)
  return true
}

/** Shows a file as it is now, if nothing would be lost by that. */
export async function reloadBuffer(path: string): Promise<void> {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || isDirty(buffer)) return
  const { text, etag } = await readFile(path)
  const now = buffers.value.get(path)
  if (now === undefined || isDirty(now)) return
  const revision = now.saved === text ? now.revision : now.revision + 1
  put({ path, saved: text, etag, text, revision })
}

/** Throws away what was typed since the file was saved. */
export async function revertBuffer(path: string): Promise<void> {
  drop(path)
  const buffer = buffers.value.get(path)
  if (buffer === undefined) return
  const { text, etag } = await readFile(path)
  put({ path, saved: text, etag, text, revision: buffer.revision + 1 })
}

/** Forgets a file, or all below a folder, that is gone; on request not what is unsaved of it. */
export function closeBuffers(path: string, { isKeepingChanges = false } = {}): void {
  const isGone = (one: string): boolean => {
    return isBelow(one, path) && !(isKeepingChanges && dirtyPaths.value.has(one))
  }
  const gone = [...dirtyPaths.value, ...buffers.value.keys()].filter(isGone)
  for (const one of gone) drop(one)
  buffers.value = new Map([...buffers.value].filter(([one]) => !gone.includes(one)))
}

/** Follows a file or folder to its new name. */
export function moveBuffers(from: string, to: string): void {
  const moved = new Map<string, FileBuffer>()
  for (const [path, buffer] of buffers.value) {
    const next = isBelow(path, from) ? `${to}${path.slice(from.length)}` : path
    moved.set(next, { ...buffer, path: next })
  }
  for (const [path, draft] of Object.entries(drafts.value)) {
    if (!isBelow(path, from)) continue
    drop(path)
    drafts.value = keepDraft(`${to}${path.slice(from.length)}`, draft)
  }
  buffers.value = moved
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function put(buffer: FileBuffer): void {
  buffers.value = new Map(buffers.value).set(buffer.path, buffer)
}

function drop(path: string): void {
  drafts.value = forgetDraft(path)
}
