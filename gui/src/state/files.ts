import { signal } from '@preact/signals'
import type { FileEntry, FileKind } from '../../../src/admin/gui/contract.ts'
import { listFiles } from '../api/files-api.ts'
import { attempt } from './notices.ts'
import { type Remembered, remembered } from './remembered.ts'

/** Everything below the root directory, folders before what is in them. */
export const entries = signal<readonly FileEntry[] | null>(null)

/** There are more than the server lists. */
export const isTruncated = signal(false)

/** Folders whose contents are shown. */
export const openFolders = signal<ReadonlySet<string>>(new Set())

let memory: Remembered<readonly string[]> | undefined

/** Begins with the folders of a root directory that were open the last time. */
export function loadFolders(rootId: string): void {
  memory = remembered(`folders.${rootId}`, [])
  openFolders.value = new Set(memory.read())
}

export async function loadFiles(): Promise<void> {
  const list = await listFiles()
  entries.value = list.entries
  isTruncated.value = list.isTruncated
}

const REFRESH_MS = 150
let refresh: ReturnType<typeof setTimeout> | undefined

/** Lists files again soon: changes come in flocks. */
export function refreshFiles(): void {
  clearTimeout(refresh)
  refresh = setTimeout(() => void attempt(loadFiles), REFRESH_MS)
}

export function toggleFolder(path: string, isOpen = !openFolders.value.has(path)): void {
  const folders = new Set(openFolders.value)
  if (isOpen) folders.add(path)
  else folders.delete(path)
  openFolders.value = folders
  memory?.write([...folders])
}

/** Opens the folders in which a file lies. */
export function reveal(path: string): void {
  for (const folder of foldersAround(path)) toggleFolder(folder, true)
}

export function entryOf(path: string): FileEntry | undefined {
  return entries.value?.find((one) => one.path === path)
}

export function kindOf(path: string): FileKind {
  const entry = entryOf(path)
  return entry?.type === 'file' ? entry.kind : 'other'
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** The folder of a file, without a slash at its end: empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

/** The folders in which a file lies, the outermost first. */
export function foldersAround(path: string): string[] {
  const parts = path.split('/').slice(1, -1)
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`)
}
