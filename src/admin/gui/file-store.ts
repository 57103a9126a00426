import { createHash } from 'node:crypto'
import { constants, readFileSync, type Stats } from 'node:fs'
import {
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { isConfigFile } from '../../config/config-file.ts'
import { HttpError } from '../http-server.ts'
import type { FileEntry, FileKind, FileList } from './contract.ts'
import { replaceFile } from './replace-file.ts'
import { explainWriteFailure } from './write-failure.ts'

/** The UI is an editor for programs, not for what they serve. */
const MAX_FILE_BYTES = 16 << 20
/** A larger one is taken for data. */
const MAX_CONFIG_BYTES = 1 << 18
/** A tree with more entries was not meant to be edited here. */
const MAX_ENTRIES = 10_000

/** When a file may be written. */
export interface WriteCondition {
  /** It is still that of this tag. */
  readonly tag?: string | undefined
  /** There is none yet. */
  readonly isNew?: boolean
}

/**
 * The files below a directory, by paths that begin with a slash there. What lies elsewhere does not
 * exist for it, also when a symbolic link leads there; nor does what is hidden.
 */
export class FileStore {
  /** Absolute, without symbolic links. */
  readonly root: string
  /** The latest change. The next one begins when it is over, so that none acts on what it has found. */
  #change: Promise<unknown> = Promise.resolve()

  constructor(root: string) {
    this.root = root
  }

  /** The absolute path of a file or folder that exists. */
  async find(path: string): Promise<string> {
    const file = await realpath(this.#place(path)).catch(() => notFound(path))
    return this.contains(file) ? file : notFound(path)
  }

  /** What clients call a file, by its absolute path; undefined if it lies elsewhere. */
  pathOf(file: string): string | undefined {
    return this.contains(file) ? `/${relative(this.root, file).split(sep).join('/')}` : undefined
  }

  /** Whether a file, whose path has no symbolic links, is one of ours. */
  contains(file: string): boolean {
    const path = relative(this.root, file)
    return path === '' || path.split(sep).every((name) => !isHidden(name))
  }

  async read(path: string): Promise<{ bytes: Buffer; tag: string }> {
    const file = await open(await this.find(path), READ).catch(() => notFound(path))
    try {
      const { size } = await fileStat(file, path)
      if (size > MAX_FILE_BYTES) throw new HttpError(413, 'too_large', `too large to edit: ${path}`)
      const bytes = await file.readFile()
      return { bytes, tag: tagOf(bytes) }
    } finally {
      await file.close()
    }
  }

  /** Writes a file in a folder that exists, under a condition if there is one. */
  write(path: string, bytes: Buffer, { tag, isNew = false }: WriteCondition = {}): Promise<string> {
    return this.#inTurn(async () => {
      const target = await this.#target(path)
      const before = await lookAt(target, path)
      if (isNew && before !== undefined)
        throw new HttpError(412, 'exists', `there is already ${path}`)
      if (tag !== undefined) {
        const found = before === undefined ? undefined : await this.read(path)
        if (found?.tag !== tag)
          throw new HttpError(412, 'changed', `somebody else has changed ${path}`)
      }
      await replaceFile(target, bytes, before).catch((error) => {
        throw explainWriteFailure(path, error)
      })
      return tagOf(bytes)
    })
  }

  /**
   * Removes a file, a link or a folder; one that is not empty only if `isRecursive`, and if nothing
   * is hidden in it: nobody means to remove what they do not see.
   */
  remove(path: string, isRecursive: boolean): Promise<void> {
    return this.#inTurn(async () => {
      const target = await this.#target(path, true)
      const found = await lstat(target).catch(() => notFound(path))
      if (!found.isDirectory()) await rm(target)
      else if (isRecursive) {
        const hidden = await hiddenIn(target)
        if (hidden !== undefined) {
          const name = relative(target, hidden)
          const message = `there is ${name} in ${path}, which is not shown here: remove it first`
          throw new HttpError(409, 'has_hidden', message)
        }
        await rm(target, { recursive: true })
      } else {
        await rmdir(target).catch(() => {
          throw new HttpError(409, 'not_empty', `not empty: ${path}`)
        })
      }
    })
  }

  makeFolder(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const target = await this.#target(path, true)
      await mkdir(target).catch((error) => {
        throw error.code === 'EEXIST'
          ? new HttpError(409, 'exists', `there is already ${path}`)
          : new HttpError(404, 'not_found', `no such folder: ${dirname(path)}`)
      })
    })
  }

  move(from: string, to: string): Promise<void> {
    return this.#inTurn(async () => {
      const source = await this.#target(from, true)
      const target = await this.#target(to, true)
      await lstat(source).catch(() => notFound(from))
      const isThere = await lstat(target).catch(() => undefined)
      if (isThere !== undefined) throw new HttpError(409, 'exists', `there is already ${to}`)
      await rename(source, target).catch(() => {
        throw new HttpError(409, 'not_moved', `cannot move ${from} to ${to}`)
      })
    })
  }

  /** All files and folders, sorted, each folder before what is in it. */
  async list(): Promise<FileList> {
    const entries: FileEntry[] = []
    const isAll = await this.#list(this.root, entries)
    return { entries, isTruncated: !isAll }
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#change.then(change)
    this.#change = result.catch(() => undefined)
    return result
  }

  /** Whether those were all. */
  async #list(folder: string, entries: FileEntry[]): Promise<boolean> {
    const names = await readdir(folder, { withFileTypes: true }).catch(() => [])
    names.sort((one, other) => (one.name < other.name ? -1 : 1))
    for (const entry of names) {
      const path = this.pathOf(join(folder, entry.name))
      if (path === undefined) continue
      if (entries.length >= MAX_ENTRIES) return false
      if (entry.isDirectory()) {
        entries.push({ path, type: 'directory' })
        if (!(await this.#list(join(folder, entry.name), entries))) return false
      } else {
        // Links to folders are left out: they may lead round in circles.
        const file = await this.find(path).catch(() => undefined)
        const found = file === undefined ? undefined : await stat(file).catch(() => undefined)
        if (file === undefined || found?.isFile() !== true) continue
        const { size, mtimeMs } = found
        const text = (): string => (size > MAX_CONFIG_BYTES ? '' : readText(file))
        entries.push({ path, type: 'file', kind: kindOf(path, text), size, modified: mtimeMs })
      }
    }
    return true
  }

  /** Where something is, or would be, in a folder that exists; what is there may be a link. */
  async #target(path: string, isLinkItself = false): Promise<string> {
    const place = this.#place(path)
    if (place === this.root) notFound(path)
    const folder = await realpath(dirname(place)).catch(() => notFound(path))
    const target = join(folder, place.slice(dirname(place).length + 1))
    if (!this.contains(target)) notFound(path)
    const found = await lstat(target).catch(() => undefined)
    return found?.isSymbolicLink() === true && !isLinkItself ? this.find(path) : target
  }

  #place(path: string): string {
    const names = path.split('/').filter((name) => name !== '')
    if (names.some((name) => isHidden(name) || name.includes('\0'))) notFound(path)
    return join(this.root, ...names)
  }
}

/**
 * Whether a file is a program, by its name. JSON may be anything: there `text` has to say that it
 * listens.
 */
export function kindOf(path: string, text: () => string): FileKind {
  if (path.endsWith('.json')) return /"listeners"\s*:/.test(text()) ? 'config' : 'other'
  if (isConfigFile(path)) return 'config'
  return path.endsWith('.js') ? 'script' : 'other'
}

// What was looked at is what is opened, and a pipe does not hold anybody up.
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const WRITE = constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

async function fileStat(file: FileHandle, path: string): Promise<Stats> {
  const found = await file.stat()
  return found.isFile() ? found : notFound(path)
}

/** What is known of a file that we may write to; undefined if there is nothing of that name. */
async function lookAt(target: string, path: string): Promise<Stats | undefined> {
  const file = await open(target, WRITE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    // A folder, a pipe that nobody reads, or a link that has just come.
    if (['EISDIR', 'ENXIO', 'ELOOP'].includes(error.code ?? '')) notFound(path)
    throw explainWriteFailure(path, error)
  })
  if (file === undefined) return undefined
  try {
    return await fileStat(file, path)
  } finally {
    await file.close()
  }
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules'
}

/** Something hidden in a folder, or below. */
async function hiddenIn(folder: string): Promise<string | undefined> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const file = join(folder, entry.name)
    if (isHidden(entry.name)) return file
    const found = entry.isDirectory() ? await hiddenIn(file) : undefined
    if (found !== undefined) return found
  }
  return undefined
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // It has just gone, or is not for us to read.
    return ''
  }
}

function tagOf(bytes: Buffer): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`
}

function notFound(path: string): never {
  throw new HttpError(404, 'not_found', `no such file: ${path}`)
}
