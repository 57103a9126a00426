import { closeSync, constants, fstatSync, openSync, writeSync } from 'node:fs'

/** Without O_NONBLOCK a pipe that nobody reads would hold a thread of libuv, which others need. */
export const LINE_FILE_FLAGS: number =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK
export const LINE_FILE_MODE = 0o640
/** Sockets with higher numbers are likely to be ours, with a client at the other end. */
const HIGHEST_STANDARD = 2

/** A file that lines are written to. */
export interface OpenedLineFile {
  readonly fd: number
  /** The process had it before; it stays open, and there is nothing to open again. */
  readonly isInherited: boolean
}

/**
 * Opens a file for lines, and makes it if it does not exist. Throws what `open` does.
 *
 * A file or a socket that the process has by number, such as its output, is used as it is: opened
 * anew, a file has a position of its own, and what is written to both overwrites one another.
 */
export function openLineFile(path: string): OpenedLineFile {
  const inherited = descriptorOf(path)
  if (inherited !== null && isUsable(inherited)) return { fd: inherited, isInherited: true }
  return { fd: openSync(path, LINE_FILE_FLAGS, LINE_FILE_MODE), isInherited: false }
}

/** Whether a file for lines can be opened; throws what `openLineFile` does. */
export function tryLineFile(path: string): void {
  const { fd, isInherited } = openLineFile(path)
  if (!isInherited) closeSync(fd)
  // Nothing is written, but a descriptor that is only for reading is told.
  else if (fstatSync(fd).isFile()) writeSync(fd, '')
}

/** The number that a path stands for. */
function descriptorOf(path: string): number | null {
  if (path === '/dev/stdout') return 1
  if (path === '/dev/stderr') return 2
  const number = /^(?:\/dev\/fd|\/proc\/self\/fd)\/(\d{1,9})$/.exec(path)?.[1]
  return number === undefined ? null : Number(number)
}

/** Pipes and terminals have no position, and opened anew they never block. */
function isUsable(fd: number): boolean {
  const found = fstatSync(fd)
  return found.isFile() || (found.isSocket() && fd <= HIGHEST_STANDARD)
}
