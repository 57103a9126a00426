import { computed, signal } from '@preact/signals'
import { type FileContent, makeFolder, readFile, writeFile } from '../api/files-api.ts'
import { RequestError } from '../api/request.ts'
import { confirm } from './dialog.ts'
import { drafts, forgetDraft, keepDraft, latestDraft } from './drafts.ts'
import { foldersAround } from './files.ts'
import { place } from './place.ts'

/** A file that is open in the editor. */
export interface FileBuffer {
  readonly path: string
  /** What was last read or written; null if the file was deleted since then. */
  readonly saved: string | null
  readonly etag: string
  /** What the user sees. */
  readonly text: string
  /** Grows whenever the text changes by other means than typing. */
  readonly revision: number
}

export const buffers = signal<ReadonlyMap<string, FileBuffer>>(new Map())

/** Files with changes that are not saved, those of earlier visits too. */
export const dirtyPaths = computed<ReadonlySet<string>>(() => {
  const dirty = new Set(drafts.value.keys())
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

export function isDirty({ text, saved }: FileBuffer): boolean {
  return text !== saved
}

/** Loads a file unless it is open; what was typed before and not saved is there again. */
export async function openBuffer(path: string): Promise<void> {
  if (buffers.value.has(path)) return
  const found = await readIfThere(path)
  // Somebody else may have asked for it meanwhile.
  if (buffers.value.has(path)) return
  const draft = latestDraft(path)
  const { text, etag } = draft ?? found ?? thereIsNo(path)
  put({ path, saved: found?.text ?? null, etag, text, revision: 0 })
}

export function editBuffer(path: string, text: string): void {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || buffer.text === text) return
  put({ ...buffer, text })
  if (text === buffer.saved) forgetDraft(path)
  else keepDraft(path, { text, etag: buffer.etag })
}

/**
 * Writes a buffer to its file, and makes the folder of one that was deleted. False if the file has
 * changed and the user does not want to lose that.
 */
export async function saveBuffer(path: string): Promise<boolean> {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || !isDirty(buffer)) return true
  const { text, saved } = buffer
  if (saved === null) await makeFolders(path)
  let etag: string
  try {
    etag = await writeFile(path, text, buffer.etag === '' ? undefined : buffer.etag)
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 412) throw error
    const question = `${path} was changed or deleted by somebody else since it was opened here.`
    if (!(await confirm('Overwrite the file?', question, 'Overwrite'))) return false
    etag = await writeFile(path, text)
  }
  const now = buffers.value.get(path)
  if (now === undefined) return true
  put({ ...now, saved: text, etag })
  if (now.text === text) forgetDraft(path)
  return true
}

/** Shows a file as it is now, if nothing would be lost by that. */
export async function reloadBuffer(path: string): Promise<void> {
  const buffer = buffers.value.get(path)
  if (buffer === undefined || isDirty(buffer)) return
  const found = await readIfThere(path)
  const now = buffers.value.get(path)
  if (now === undefined || isDirty(now)) return
  if (found === undefined) return leaveBuffers(path)
  const { text, etag } = found
  const revision = now.saved === text ? now.revision : now.revision + 1
  put({ path, saved: text, etag, text, revision })
}

/**
 * Shows the open file as it is now, if nothing would be lost by that. What else is open and has no
 * changes is read when it is shown again.
 */
export async function refreshBuffers(): Promise<void> {
  const shown = currentBuffer.value?.path
  buffers.value = new Map(
    [...buffers.value].filter(([path, buffer]) => path === shown || isDirty(buffer)),
  )
  if (shown !== undefined) await reloadBuffer(shown)
}

/** Throws away what was typed since the file was saved. */
export async function revertBuffer(path: string): Promise<void> {
  forgetDraft(path)
  const found = await readIfThere(path)
  const buffer = buffers.value.get(path)
  if (buffer === undefined) return
  if (found === undefined) return closeBuffers(path)
  const { text, etag } = found
  put({ path, saved: text, etag, text, revision: buffer.revision + 1 })
}

/** Forgets a file, or all below a folder, with what is unsaved of it. */
export function closeBuffers(path: string): void {
  for (const one of drafts.value.keys()) if (isBelow(one, path)) forgetDraft(one)
  buffers.value = new Map([...buffers.value].filter(([one]) => !isBelow(one, path)))
}

/** The same for what somebody else has deleted: what is unsaved stays, and can be saved. */
export function leaveBuffers(path: string): void {
  const left = new Map<string, FileBuffer>()
  for (const [one, buffer] of buffers.value) {
    if (!isBelow(one, path)) left.set(one, buffer)
    else if (isDirty(buffer)) left.set(one, { ...buffer, saved: null })
  }
  buffers.value = left
}

/** Follows a file or folder to its new name. */
export function moveBuffers(from: string, to: string): void {
  const moved = new Map<string, FileBuffer>()
  for (const [path, buffer] of buffers.value) {
    const next = isBelow(path, from) ? `${to}${path.slice(from.length)}` : path
    moved.set(next, { ...buffer, path: next })
  }
  for (const [path, draft] of drafts.value) {
    if (!isBelow(path, from)) continue
    forgetDraft(path)
    keepDraft(`${to}${path.slice(from.length)}`, draft)
  }
  buffers.value = moved
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`)
}

function put(buffer: FileBuffer): void {
  buffers.value = new Map(buffers.value).set(buffer.path, buffer)
}

async function readIfThere(path: string): Promise<FileContent | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if (error instanceof RequestError && error.status === 404) return undefined
    throw error
  }
}

function thereIsNo(path: string): never {
  throw new Error(`There is no file ${path}`)
}

async function makeFolders(path: string): Promise<void> {
  for (const folder of foldersAround(path)) {
    try {
      await makeFolder(folder)
    } catch (error) {
      // It exists.
      if (!(error instanceof RequestError) || error.status !== 409) throw error
    }
  }
}
