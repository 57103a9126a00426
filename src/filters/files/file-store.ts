import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { Encoding } from '../compress/accepted-encoding.ts'
import { openBelow } from './open-file.ts'
import { identityOf, type ServedFile, servedFile } from './served-file.ts'

/** What there is for a path: a file in all its encodings, itself first; or a folder; or nothing. */
export type Entry = readonly ServedFile[] | 'folder' | 'absent'

export interface StoreOptions {
  readonly index: readonly string[]
  /** Look for `name.br` and `name.gz` beside a file. */
  readonly isPrecompressed: boolean
}

/** An entry is looked at again when it was not for so long. */
const FRESH_MS = 1000
/** Files up to this size are held in memory. */
const MEMORY_FILE_BYTES = 128 * 1024
/** All of those of one place in the program, on one worker. */
const MEMORY_BYTES = 32 * 1024 * 1024
/** Files of which it is remembered what they are. */
const ENTRY_LIMIT = 4096

/** Endings of files that hold others, compressed. */
const SIBLINGS: readonly [ending: string, encoding: Encoding][] = [
  ['.br', 'br'],
  ['.gz', 'gzip'],
]

interface Remembered {
  readonly files: readonly ServedFile[]
  checkedAt: number
}

/**
 * The files below a root. What they are, and small ones as a whole, is remembered, the least
 * recently checked first to be forgotten; at most once a second the file system is asked whether
 * it is still so.
 */
export class FileStore {
  readonly root: string
  readonly #options: StoreOptions
  readonly #remembered = new Map<string, Remembered>()
  #memory = 0
  /** Questions to the file system that are not answered yet, for all who ask the same. */
  readonly #pending = new Map<string, Promise<Entry>>()

  constructor(root: string, options: StoreOptions) {
    this.root = root
    this.#options = options
  }

  /** What is known of a path and fresh; a path that ends with a slash, or is empty, is a folder's. */
  known(path: string): Entry | undefined {
    const remembered = this.#remembered.get(path)
    if (remembered === undefined) return undefined
    return performance.now() - remembered.checkedAt < FRESH_MS ? remembered.files : undefined
  }

  /** Asks the file system. */
  find(path: string): Promise<Entry> {
    let pending = this.#pending.get(path)
    if (pending === undefined) {
      pending = this.#look(path).finally(() => this.#pending.delete(path))
      this.#pending.set(path, pending)
    }
    return pending
  }

  /** Opens a file that is not in memory; null if it is not there any more, or another one. */
  async open(file: ServedFile): Promise<FileHandle | null> {
    const found = await openBelow(this.root, file.path)
    if (found === null || identityOf(found.stats) === file.identity) return found?.handle ?? null
    await found.handle.close()
    return null
  }

  async #look(path: string): Promise<Entry> {
    const before = this.#remembered.get(path)
    const entry = await this.#read(path, before?.files ?? [])
    this.#forget(path)
    if (typeof entry !== 'string') this.#remember(path, entry)
    return entry
  }

  async #read(path: string, before: readonly ServedFile[]): Promise<Entry> {
    if (path !== '' && !path.endsWith('/')) return this.#readFile(join(this.root, path), before)
    for (const name of this.#options.index) {
      const entry = await this.#readFile(join(this.root, path, name), before)
      if (typeof entry !== 'string') return entry
    }
    return 'absent'
  }

  async #readFile(path: string, before: readonly ServedFile[]): Promise<Entry> {
    const file = await this.#readOne(path, { typeOf: path, encoding: 'identity' }, before)
    if (typeof file === 'string') return file
    const files = [file]
    for (const [ending, encoding] of this.#options.isPrecompressed ? SIBLINGS : []) {
      const other = await this.#readOne(path + ending, { typeOf: path, encoding }, before)
      if (typeof other !== 'string') files.push(other)
    }
    return files
  }

  async #readOne(
    path: string,
    kind: Parameters<typeof servedFile>[3],
    before: readonly ServedFile[],
  ): Promise<ServedFile | 'folder' | 'absent'> {
    const found = await openBelow(this.root, path)
    if (found === null) return 'absent'
    const { handle, stats } = found
    try {
      if (!stats.isFile()) return 'folder'
      const identity = identityOf(stats)
      const same = before.find((one) => one.path === path && one.identity === identity)
      if (same !== undefined) return same
      const isSmall = stats.size <= MEMORY_FILE_BYTES
      return servedFile(path, stats, isSmall ? await readAll(handle, stats.size) : null, kind)
    } finally {
      await handle.close()
    }
  }

  #remember(path: string, files: readonly ServedFile[]): void {
    this.#remembered.set(path, { files, checkedAt: performance.now() })
    this.#memory += memoryOf(files)
    for (const oldest of this.#remembered.keys()) {
      if (this.#memory <= MEMORY_BYTES && this.#remembered.size <= ENTRY_LIMIT) break
      this.#forget(oldest)
    }
  }

  #forget(path: string): void {
    const remembered = this.#remembered.get(path)
    if (remembered === undefined) return
    this.#remembered.delete(path)
    this.#memory -= memoryOf(remembered.files)
  }
}

function memoryOf(files: readonly ServedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + (bytes?.length ?? 0), 0)
}

/** Null if the file is not as long as it was. */
async function readAll(handle: FileHandle, size: number): Promise<Buffer | null> {
  const buffer = Buffer.allocUnsafeSlow(size)
  const { bytesRead } = await handle.read(buffer, 0, size, 0)
  return bytesRead === size ? buffer : null
}
