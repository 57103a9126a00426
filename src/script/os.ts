import { type Stats as NodeStats, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Data } from '../engine/data.ts'
import { checkString } from './arguments.ts'

/** What `os.stat` tells about a file; times are whole seconds. */
export class Stats {
  readonly dev: number
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev: number
  readonly size: number
  readonly blksize: number
  readonly blocks: number
  readonly atime: number
  readonly mtime: number
  readonly ctime: number
  readonly #stats: NodeStats

  constructor(stats: NodeStats) {
    this.dev = stats.dev
    this.ino = stats.ino
    this.mode = stats.mode
    this.nlink = stats.nlink
    this.uid = stats.uid
    this.gid = stats.gid
    this.rdev = stats.rdev
    this.size = stats.size
    this.blksize = stats.blksize
    this.blocks = stats.blocks
    this.atime = Math.floor(stats.atimeMs / 1000)
    this.mtime = Math.floor(stats.mtimeMs / 1000)
    this.ctime = Math.floor(stats.ctimeMs / 1000)
    this.#stats = stats
  }

  isFile(): boolean {
    return this.#stats.isFile()
  }

  isDirectory(): boolean {
    return this.#stats.isDirectory()
  }

  isCharacterDevice(): boolean {
    return this.#stats.isCharacterDevice()
  }

  isBlockDevice(): boolean {
    return this.#stats.isBlockDevice()
  }

  isFIFO(): boolean {
    return this.#stats.isFIFO()
  }

  isSymbolicLink(): boolean {
    return this.#stats.isSymbolicLink()
  }

  isSocket(): boolean {
    return this.#stats.isSocket()
  }
}

/** The `os` that scripts see. */
export interface ScriptOs {
  /** The environment as it was when the program was loaded. */
  readonly env: Record<string, string | undefined>
  /** The bytes of a file; null, with a line in the log, when it cannot be read. */
  readFile(path: string): Data | null
  /** Facts about a file, or about what a link leads to; null when there is none. */
  stat(path: string): Stats | null
}

/** Makes an `os` for which relative paths start at `root`, the directory of the root script. */
export function createOs(root: string, logError: (message: string) => void): ScriptOs {
  return {
    env: { ...process.env },

    readFile(path) {
      try {
        return Data.fromBytes(readFileSync(resolve(root, checkString(path, 1))))
      } catch (error) {
        if (!isSystemError(error)) throw error
        logError(`[os] Cannot read file ${path}: ${error.message}`)
        return null
      }
    },

    stat(path) {
      try {
        const stats = statSync(resolve(root, checkString(path, 1)), { throwIfNoEntry: false })
        return stats === undefined ? null : new Stats(stats)
      } catch (error) {
        if (isSystemError(error)) return null
        throw error
      }
    },
  }
}

/** Whether the file system refused; a wrong argument is the script's own error. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error
}
