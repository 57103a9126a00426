import { deleteFile, makeFile, makeFolder, moveFile } from '../api/files-api.ts'
import { closeBuffers, currentBuffer, moveBuffers, openBuffer, saveBuffer } from './buffers.ts'
import { ask, confirm } from './dialog.ts'
import { entries, entryOf, folderOf, loadFiles, reveal, toggleFolder } from './files.ts'
import { focusWanted } from './focus.ts'
import { attempt, notify } from './notices.ts'
import { go, place } from './place.ts'
import { restart, run, runningPath } from './program.ts'

/** Opens a file in the editor, for the user to type in. */
export function openFile(path: string): void {
  focusWanted.value = path
  go('editor', path.slice(1))
}

export async function newFile(folder: string): Promise<void> {
  const path = await askPath('New file', 'Create', `${folder}/`)
  if (path === null) return
  await attempt(async () => {
    await makeFile(path)
    await loadFiles()
    reveal(path)
    openFile(path)
  })
}

export async function newFolder(folder: string): Promise<void> {
  const path = await askPath('New folder', 'Create', `${folder}/`)
  if (path === null) return
  await attempt(async () => {
    await makeFolder(path)
    await loadFiles()
    reveal(path)
    toggleFolder(path, true)
  })
}

export async function rename(from: string): Promise<void> {
  const to = await askPath('Rename or move', 'Rename', from)
  if (to === null || to === from) return
  await attempt(async () => {
    await moveFile(from, to)
    moveBuffers(from, to)
    await loadFiles()
    reveal(to)
    const open = `/${place.value.file}`
    if (open === from || open.startsWith(`${from}/`)) openFile(`${to}${open.slice(from.length)}`)
  })
}

export async function remove(path: string): Promise<void> {
  const isThere = entryOf(path) !== undefined
  const isFolder = entryOf(path)?.type === 'directory'
  const text = isFolder ? `${path} and all that is in it will be gone.` : `${path} will be gone.`
  if (!(await confirm('Delete?', text, 'Delete'))) return
  await attempt(async () => {
    // Of what somebody else has deleted, only what is unsaved is left.
    if (isThere) await deleteFile(path)
    closeBuffers(path)
    const open = `/${place.value.file}`
    if (open === path || open.startsWith(`${path}/`)) location.hash = '#/editor'
    await loadFiles()
  })
}

export async function saveCurrent(): Promise<boolean> {
  const buffer = currentBuffer.value
  if (buffer === undefined) return true
  let isSaved = false
  const isDone = await attempt(async () => {
    isSaved = await saveBuffer(buffer.path)
  })
  if (isDone && isSaved) notify('good', `Saved ${buffer.path}`)
  return isDone && isSaved
}

/** Saves what is open and runs it; the running program again if it is not open. */
export async function runCurrent(): Promise<void> {
  const buffer = currentBuffer.value
  if (buffer === undefined) return restart()
  const isSaved = await attempt(async () => {
    if (!(await saveBuffer(buffer.path))) throw new Error(`${buffer.path} is not saved`)
  })
  if (isSaved) await run(buffer.path)
}

/** Loads the file of the address. */
export async function loadPlace(): Promise<void> {
  const { page, file } = place.value
  if (page !== 'editor') return
  if (file === null) {
    const running = runningPath.value
    if (running !== null && entryOf(running) !== undefined) go('editor', running.slice(1))
    return
  }
  reveal(`/${file}`)
  await attempt(() => openBuffer(`/${file}`))
}

function askPath(title: string, action: string, initial: string): Promise<string | null> {
  const check = (path: string): string | undefined => {
    if (!path.startsWith('/')) return 'A path begins with a slash.'
    if (path.endsWith('/') || path.includes('//')) return 'A name is missing.'
    if (path !== initial && entryOf(path) !== undefined) return `${path} exists.`
    const folder = folderOf(path)
    if (folder !== '' && !isFolder(folder)) return `There is no folder ${folder}.`
    return undefined
  }
  return ask(title, action, { label: 'Path', initial, check })
}

function isFolder(path: string): boolean {
  return entries.value?.some((one) => one.path === path && one.type === 'directory') ?? false
}
