import { createHash } from 'node:crypto'
import { constants, readFileSync, realpathSync, type Stats, statSync } from 'node:fs'
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
import { basename, dirname, join, relative, sep } from 'node:path'
import { cut } from '../cut.ts'
import { HttpError } from '../http-server.ts'
import type { FileEntry, FileList } from './contract.ts'
import { explainFailure } from './file-failure.ts'
import { kindOf } from './file-kind.ts'
import { replaceFile } from './replace-file.ts'
import { isOneOf, type WriteCondition } from './write-condition.ts'

/** The UI is an editor for programs, not for what they serve. */
const MAX_FILE_BYTES = 16 << 20
/** A larger one is taken for data. */
const MAX_CONFIG_BYTES = 1 << 18
/** A tree with more entries was not meant to be edited here. */
const MAX_ENTRIES = 10_000
/** What Linux allows. */
const MAX_NAME_BYTES = 255
const MAX_PATH_BYTES = 4095

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

  /** The absolute path of a file that exists. A slash at the end makes the path that of a folder. */
  async findFile(path: string): Promise<string> {
    const file = await this.find(path)
    const found = await stat(file).catch(() => notFound(path))
    return found.isFile() && !isFolderPath(path) ? file : notFound(path)
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

  /** Whether a symbolic link leads to one of our files; no other is shown to anybody. */
  isLinkToFile(link: string): boolean {
    try {
      const file = realpathSync(link)
      return this.contains(file) && statSync(file).isFile()
    } catch {
      return false
    }
  }

  async read(path: string): Promise<{ bytes: Buffer; tag: string }> {
    const file = await open(await this.findFile(path), READ).catch((error) => {
      throw explainFailure('read', path, error)
    })
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
  write(path: string, bytes: Buffer, condition: WriteCondition = {}): Promise<string> {
    return this.#inTurn(async () => {
      const target = await this.#target(path)
      if (isFolderPath(path)) notFound(path)
      const before = await lookAt(target, path)
      await this.#check(path, before !== undefined, condition)
      await replaceFile(target, bytes, before).catch((error) => {
        throw explainFailure('write', path, error)
      })
      return tagOf(bytes)
    })
  }

  /**
   * Removes a file, a link or a folder; one that is not empty only if `isRecursive`, and if nothing
   * is hidden in it: nobody means to remove what they do not see. Tags are those of a file: with
   * some in its condition, nothing else is removed.
   */
  remove(path: string, isRecursive: boolean, condition: WriteCondition = {}): Promise<void> {
    return this.#inTurn(async () => {
      const target = await this.#target(path, true)
      const found = await lstat(target).catch(() => notFound(path))
      await this.#check(path, !found.isDirectory(), condition)
      try {
        if (!found.isDirectory()) await rm(target)
        else if (!isRecursive) await rmdir(target)
        else {
          await refuseHidden(target, path)
          await rm(target, { recursive: true })
        }
      } catch (error) {
        throw explainFailure('remove', path, error)
      }
    })
  }

  makeFolder(path: string): Promise<void> {
    return this.#inTurn(async () => {
      const target = await this.#target(path, true)
      await mkdir(target).catch((error) => {
        throw explainFailure('make', path, error)
      })
    })
  }

  move(from: string, to: string): Promise<void> {
    return this.#inTurn(async () => {
      const source = await this.#target(from, true)
      const target = await this.#target(to, true)
      const found = await lstat(source).catch(() => notFound(from))
      if (isFolderPath(to) && !found.isDirectory()) notFound(to)
      const isThere = await lstat(target).catch(() => undefined)
      if (isThere !== undefined) throw new HttpError(409, 'exists', `there is already ${to}`)
      await rename(source, target).catch((error) => {
        throw explainFailure(`move ${cut(from, MAX_NAME_BYTES)} to`, to, error)
      })
    })
  }

  /** All files and folders, sorted, each folder before what is in it. */
  async list(): Promise<FileList> {
    const entries: FileEntry[] = []
    const isAll = await this.#list(this.root, entries)
    return { entries, isTruncated: !isAll }
  }

  async #check(
    path: string,
    isThere: boolean,
    { match, noneMatch }: WriteCondition,
  ): Promise<void> {
    const isOfTags = Array.isArray(match) || Array.isArray(noneMatch)
    const tag = !isThere ? undefined : isOfTags ? (await this.read(path)).tag : ''
    if (noneMatch !== undefined && isOneOf(noneMatch, tag))
      throw new HttpError(412, 'exists', `there is already ${path}`)
    if (match === undefined || isOneOf(match, tag)) return
    const message = isThere
      ? `somebody else has changed ${path}`
      : `there is no file ${path} to change`
    throw new HttpError(412, 'changed', message)
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
    if (place === this.root) {
      throw new HttpError(400, 'is_root', 'that is the root folder: want the path of what is in it')
    }
    // Whether there is something where links lead out to is nobody's business.
    const folder = await realpath(dirname(place)).catch(() => noFolder(path))
    if (!this.contains(folder)) noFolder(path)
    const target = join(folder, basename(place))
    const found = await lstat(target).catch(() => undefined)
    if (found !== undefined && !found.isDirectory() && isFolderPath(path)) notFound(path)
    return found?.isSymbolicLink() === true && !isLinkItself ? this.find(path) : target
  }

  #place(path: string): string {
    const names = path.split('/').filter((name) => name !== '')
    if (names.some((name) => isHidden(name) || name.includes('\0'))) notFound(path)
    const place = join(this.root, ...names)
    const isTooLong = names.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)
    if (isTooLong || Buffer.byteLength(place) > MAX_PATH_BYTES) {
      const wanted = `names have at most ${MAX_NAME_BYTES} bytes, whole paths ${MAX_PATH_BYTES}`
      throw new HttpError(400, 'too_long', `too long: ${wanted}, found ${cut(path, 100)}`)
    }
    return place
  }
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
    throw explainFailure('write', path, error)
  })
  if (file === undefined) return undefined
  try {
    return await fileStat(file, path)
  } finally {
    await file.close()
  }
}

/** Whether a path is that of a folder, whatever is there. */
function isFolderPath(path: string): boolean {
  return path.endsWith('/')
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules'
}

async function refuseHidden(folder: string, path: string): Promise<void> {
  const hidden = await hiddenIn(folder)
  if (hidden === undefined) return
  const name = relative(folder, hidden)
  const message = `there is ${name} in ${path}, which is not shown here: remove it first`
  throw new HttpError(409, 'has_hidden', message)
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
  const message = path === '' ? 'the path is empty: want that of a file' : `no such file: ${path}`
  throw new HttpError(404, 'not_found', message)
}

function noFolder(path: string): never {
  throw new HttpError(404, 'not_found', `no such folder: ${dirname(path)}`)
}
