import { type ChildProcess, spawn } from 'node:child_process'

/** Who uses a child process. Nothing is called any more after `kill`. */
export interface ChildOwner {
  onOutput(bytes: Buffer): void
  /** Everything written so far is on its way to the child. */
  onDrained(): void
  /** The child is gone, and all of its output has been told. */
  onExit(): void
  /** The child could not be started; `onExit` follows. */
  onError(message: string): void
  /** Called after each of the others: they run outside of a batch. */
  settle(): void
}

/** A grandchild may keep the pipe open for ever: output is waited for so long after the exit. */
const LAST_OUTPUT_MS = 1000

/**
 * A process with pipes for its input and output; its error output is ours. It inherits no other
 * descriptor: all of ours are closed when a program is run.
 */
export class Child {
  readonly #process: ChildProcess
  #owner: ChildOwner | null
  #isPaused = false
  /** Output that came while paused. */
  #held: Buffer[] = []
  #isOver = false
  #timer: NodeJS.Timeout | null = null

  constructor(argv: readonly string[], owner: ChildOwner) {
    this.#owner = owner
    const child = spawn(argv[0] as string, argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#process = child
    child.stdout?.on('data', (bytes: Buffer) => {
      // Node reads what is left when the process has exited, paused or not.
      if (this.#isPaused) this.#held.push(bytes)
      else this.#owner?.onOutput(bytes)
      this.#owner?.settle()
    })
    child.stdin?.on('drain', () => this.#drained())
    // EPIPE: the child does not read any more, and its exit tells the rest.
    child.stdin?.on('error', () => this.#drained())
    child.stdout?.on('error', () => {})
    child.on('error', ({ message }) => {
      this.#owner?.onError(message)
      if (child.pid === undefined) this.#finish()
    })
    child.on('exit', () => this.#awaitOutput())
    child.on('close', () => this.#finish())
  }

  /** Writes to the child's input; false if it should not get more before `onDrained`. */
  write(bytes: Uint8Array): boolean {
    const { stdin } = this.#process
    return stdin === null || !stdin.writable || stdin.write(bytes)
  }

  endInput(): void {
    this.#process.stdin?.end()
  }

  pause(): void {
    this.#isPaused = true
    this.#process.stdout?.pause()
  }

  resume(): void {
    this.#isPaused = false
    while (!this.#isPaused && this.#held.length > 0)
      this.#owner?.onOutput(this.#held.shift() as Buffer)
    if (this.#isPaused) return
    this.#process.stdout?.resume()
    if (this.#isOver) this.#finish()
  }

  /** Ends the child with SIGTERM and forgets it. */
  kill(): void {
    this.#owner = null
    if (this.#timer !== null) clearTimeout(this.#timer)
    const { stdin, stdout } = this.#process
    stdin?.destroy()
    stdout?.destroy()
    this.#process.kill('SIGTERM')
  }

  #awaitOutput(): void {
    if (this.#owner === null) return
    this.#timer = setTimeout(() => this.#finish(), LAST_OUTPUT_MS)
  }

  #finish(): void {
    this.#isOver = true
    if (this.#isPaused) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#process.stdin?.destroy()
    this.#process.stdout?.destroy()
    const owner = this.#owner
    this.#owner = null
    owner?.onExit()
    owner?.settle()
  }

  #drained(): void {
    this.#owner?.onDrained()
    this.#owner?.settle()
  }
}
