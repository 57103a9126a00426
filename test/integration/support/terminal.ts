import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { patience } from '../../support/patience.ts'

/** Debian's interpreter, which tests use anyway: Node has no pseudo-terminals. */
const PYTHON = '/usr/bin/python3'
/**
 * Runs a program on a pseudo-terminal. What it writes goes to stdout; lines of stdin are commands;
 * the last line of stderr tells how it ended, and whether the terminal is as it was.
 */
const PROGRAM = `
import fcntl, json, os, select, signal, struct, sys, termios
columns, rows, *command = json.loads(sys.argv[1])
master, slave = os.openpty()

def resize(columns, rows):
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', int(rows), int(columns), 0, 0))

resize(columns, rows)
before = termios.tcgetattr(slave)
child = os.fork()
if child == 0:
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in (0, 1, 2): os.dup2(slave, fd)
    os.closerange(3, 256)
    os.execvp(command[0], command)

ended, waiting = None, ''
inputs = [master, 0]
while True:
    ready = select.select(inputs, [], [], 0.02)[0]
    if master in ready:
        os.write(1, os.read(master, 65536))
        continue
    if ended is not None: break
    if 0 in ready:
        text = os.read(0, 65536).decode()
        if text == '': inputs.remove(0)
        *lines, waiting = (waiting + text).split('\\n')
        for line in lines:
            what, *arguments = json.loads(line)
            if what == 'keys': os.write(master, arguments[0].encode())
            elif what == 'resize': resize(*arguments)
            elif what == 'signal': os.kill(child, getattr(signal, arguments[0]))
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid != 0: ended = status
is_restored = termios.tcgetattr(slave) == before
code = os.WEXITSTATUS(ended) if os.WIFEXITED(ended) else 128 + os.WTERMSIG(ended)
sys.stderr.write(json.dumps({'status': code, 'isRestored': is_restored}))
`
/** Characters of the output that a failure shows. */
const SHOWN = 1000
const TIMEOUT_MS = patience(20_000)

/** How a program on a terminal has ended. */
export interface TerminalEnd {
  readonly status: number
  /** Whether the terminal has the modes that it had before. */
  readonly isRestored: boolean
}

/** A program that runs on a pseudo-terminal. */
export class Terminal {
  /** All that it has written. */
  output = ''
  readonly #child: ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable }
  #end = ''
  #waiters: (() => void)[] = []

  /** It is ended with the test. */
  constructor(context: TestContext, size: [columns: number, rows: number], command: string[]) {
    const args = ['-c', PROGRAM, JSON.stringify([...size, ...command])]
    this.#child = spawn(PYTHON, args, { stdio: 'pipe' })
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.output += text
      this.#wake()
    })
    this.#child.stderr.on('data', (text) => {
      this.#end += text
    })
    this.#child.on('close', () => this.#wake())
    context.after(() => {
      if (this.#child.exitCode === null) this.signal('SIGKILL')
      this.#child.stdin.end()
    })
  }

  keys(text: string): void {
    this.#command('keys', text)
  }

  resize(columns: number, rows: number): void {
    this.#command('resize', columns, rows)
  }

  signal(name: NodeJS.Signals): void {
    this.#command('signal', name)
  }

  /** Waits until the output is as wanted. */
  async until(isTrue: () => boolean): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS
    while (!isTrue()) {
      const left = deadline - performance.now()
      if (left <= 0 || this.#child.exitCode !== null)
        throw new Error(
          `not on the terminal: ${JSON.stringify(this.output.slice(-SHOWN))} ${this.#end}`,
        )
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#waiters.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** Waits until the program has ended. */
  async end(): Promise<TerminalEnd> {
    if (this.#child.exitCode === null) await once(this.#child, 'close')
    return JSON.parse(this.#end)
  }

  #command(...command: unknown[]): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`)
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }
}
