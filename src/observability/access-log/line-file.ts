import type { Buffer } from 'node:buffer'
import { close, fstatSync, open, write } from 'node:fs'
import { LINE_FILE_FLAGS, LINE_FILE_MODE, openLineFile } from './open-line-file.ts'

/** What a file takes too slowly is kept up to this size; what goes beyond is dropped and counted. */
const MAX_WAITING_BYTES = 4 << 20
/** Writes to a pipe of up to this size (PIPE_BUF) are not torn apart by those of other threads. */
const PIPE_PIECE_BYTES = 4096
/** How long a pipe that is full is left alone. */
const RETRY_MS = 100
/** How long until a file that cannot be opened again is tried once more. */
const REOPEN_MS = 2000
const LF = 0x0a

/** Is told what becomes of lines. */
export interface LineFileEvents {
  /** So many lines were dropped. */
  dropped(lines: number): void
  /** Writing has begun to fail, or works again when `problem` is empty. */
  changed(problem: string): void
  /** The file cannot be opened again, and lines go to the one before; or it was when `problem` is empty. */
  reopened(problem: string): void
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
  readonly #isInherited: boolean
  #isPipe: boolean
  #state: 'Idle' | 'Busy' | 'Held' = 'Idle'
  #pieces: Buffer[] = []
  #waitingBytes = 0
  #isReopening = false
  #hasFailed = false
  /** The file that has the name now could not be opened. */
  #isBehind = false
  #finished: (() => void) | null = null

  /** Opens the file, and makes it if it does not exist. Throws what `open` does. */
  constructor(path: string, events: LineFileEvents) {
    this.#path = path
    this.#events = events
    const { fd, isInherited } = openLineFile(path)
    this.#fd = fd
    this.#isInherited = isInherited
    this.#isPipe = fstatSync(this.#fd).isFIFO()
  }

  /** Appends whole lines. The bytes are the file's from now on. */
  write(piece: Buffer): void {
    if (this.#waitingBytes + piece.length > MAX_WAITING_BYTES) return this.#drop(piece)
    this.#pieces.push(piece)
    this.#waitingBytes += piece.length
    this.#pump()
  }

  /**
   * Goes on in the file that has the name now: for rotation, after the present one was moved. As
   * long as that cannot be opened, it is tried again and again.
   */
  reopen(): void {
    if (this.#isInherited) return
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
    if (!this.#isInherited) close(this.#fd)
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
    open(this.#path, LINE_FILE_FLAGS, LINE_FILE_MODE, (error, fd) => {
      this.#state = 'Idle'
      // Better the old file than none.
      if (error !== null) this.#reopenLater(error)
      else {
        close(this.#fd)
        this.#fd = fd
        this.#isPipe = fstatSync(fd).isFIFO()
        if (this.#isBehind) this.#events.reopened('')
        this.#isBehind = false
      }
      this.#pump()
    })
  }

  #reopenLater(error: NodeJS.ErrnoException): void {
    if (!this.#isBehind) this.#events.reopened(codeOf(error))
    this.#isBehind = true
    setTimeout(() => {
      if (this.#isBehind && this.#finished === null) this.reopen()
    }, REOPEN_MS).unref()
  }

  #drop(piece: Buffer): void {
    let lines = 0
    for (let at = piece.indexOf(LF); at >= 0; at = piece.indexOf(LF, at + 1)) lines++
    this.#events.dropped(lines)
  }

  #note(error: NodeJS.ErrnoException | null): void {
    if ((error !== null) === this.#hasFailed) return
    this.#hasFailed = error !== null
    this.#events.changed(error === null ? '' : codeOf(error))
  }
}

function codeOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message
}

/** As many whole lines as fit a write that is not torn apart, or the first line. */
function lengthForPipe(piece: Buffer): number {
  if (piece.length <= PIPE_PIECE_BYTES) return piece.length
  const end = piece.lastIndexOf(LF, PIPE_PIECE_BYTES - 1)
  return end >= 0 ? end + 1 : piece.indexOf(LF) + 1
}
