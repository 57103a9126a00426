import type { Buffer } from 'node:buffer'
import { close, constants, fstatSync, open, openSync, write } from 'node:fs'

/** What a file takes too slowly is kept up to this size; what goes beyond is dropped and counted. */
const MAX_WAITING_BYTES = 4 << 20
/** Writes to a pipe of up to this size (PIPE_BUF) are not torn apart by those of other threads. */
const PIPE_PIECE_BYTES = 4096
/** How long a pipe that is full is left alone. */
const RETRY_MS = 100
const MODE = 0o640
/** Without O_NONBLOCK a pipe that nobody reads would hold a thread of libuv, which others need. */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK
const LF = 0x0a

/** Opens a file for lines, and makes it if it does not exist. Throws what `open` does. */
export function openLineFile(path: string): number {
  return openSync(path, FLAGS, MODE)
}

/** Is told what becomes of lines. */
export interface LineFileEvents {
  /** So many lines were dropped. */
  dropped(lines: number): void
  /** Writing has begun to fail, or works again when `problem` is empty. */
  changed(problem: string): void
}

/**
 * Appends lines to a file without ever waiting for it. Several threads may have the same file open:
 * the kernel appends each piece as a whole.
 *
 *     write() ──> pieces, at most 4 MB ── one write(2) at a time ──> file
 *
 *     Idle -> Busy   a piece is being written, or the file opened
 *     Busy -> Idle   done; what failed is dropped
 *     Busy -> Held   a pipe is full
 *     Held -> Idle   some time has passed
 */
export class LineFile {
  readonly #path: string
  readonly #events: LineFileEvents
  #fd: number
  #isPipe: boolean
  #state: 'Idle' | 'Busy' | 'Held' = 'Idle'
  #pieces: Buffer[] = []
  #waitingBytes = 0
  #isReopening = false
  #hasFailed = false
  #finished: (() => void) | null = null

  /** Opens the file, and makes it if it does not exist. Throws what `open` does. */
  constructor(path: string, events: LineFileEvents) {
    this.#path = path
    this.#events = events
    this.#fd = openLineFile(path)
    this.#isPipe = fstatSync(this.#fd).isFIFO()
  }

  /** Appends whole lines. The bytes are the file's from now on. */
  write(piece: Buffer): void {
    if (this.#waitingBytes + piece.length > MAX_WAITING_BYTES) return this.#drop(piece)
    this.#pieces.push(piece)
    this.#waitingBytes += piece.length
    this.#pump()
  }

  /** Goes on in the file that has the name now: for rotation, after the present one was moved. */
  reopen(): void {
    this.#isReopening = true
    this.#pump()
  }

  /** Resolves when everything is written, or cannot be. For the end of a thread. */
  finish(): Promise<void> {
    return new Promise((resolve) => {
      this.#finished = resolve
      if (this.#state === 'Held') this.#state = 'Idle'
      this.#pump()
    })
  }

  /** Closes the file when everything is written, or cannot be; nothing may be written any more. */
  async end(): Promise<void> {
    await this.finish()
    close(this.#fd)
  }

  #pump(): void {
    if (this.#state !== 'Idle') return
    const piece = this.#pieces[0]
    if (piece !== undefined) this.#write(piece)
    else if (this.#isReopening) this.#reopen()
    else this.#finished?.()
  }

  #write(piece: Buffer): void {
    this.#state = 'Busy'
    const length = this.#isPipe ? lengthForPipe(piece) : piece.length
    write(this.#fd, piece, 0, length, null, (error, written) => {
      if (error?.code === 'EAGAIN' && this.#finished === null) return this.#hold()
      this.#state = 'Idle'
      this.#note(error)
      this.#pieces.shift()
      this.#waitingBytes -= piece.length
      if (error !== null) this.#drop(piece)
      else if (written < piece.length) {
        this.#pieces.unshift(piece.subarray(written))
        this.#waitingBytes += piece.length - written
      }
      this.#pump()
    })
  }

  #hold(): void {
    this.#state = 'Held'
    setTimeout(() => {
      if (this.#state !== 'Held') return
      this.#state = 'Idle'
      this.#pump()
    }, RETRY_MS)
  }

  #reopen(): void {
    this.#state = 'Busy'
    this.#isReopening = false
    open(this.#path, FLAGS, MODE, (error, fd) => {
      this.#state = 'Idle'
      this.#note(error)
      // Better the old file than none.
      if (error === null) {
        close(this.#fd)
        this.#fd = fd
        this.#isPipe = fstatSync(fd).isFIFO()
      }
      this.#pump()
    })
  }

  #drop(piece: Buffer): void {
    let lines = 0
    for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) lines++
    this.#events.dropped(lines)
  }

  #note(error: NodeJS.ErrnoException | null): void {
    if ((error !== null) === this.#hasFailed) return
    this.#hasFailed = error !== null
    this.#events.changed(error === null ? '' : (error.code ?? error.message))
  }
}

/** As many whole lines as fit a write that is not torn apart, or the first line. */
function lengthForPipe(piece: Buffer): number {
  if (piece.length <= PIPE_PIECE_BYTES) return piece.length
  const end = piece.lastIndexOf(LF, PIPE_PIECE_BYTES - 1)
  return end >= 0 ? end + 1 : piece.indexOf(LF) + 1
}
