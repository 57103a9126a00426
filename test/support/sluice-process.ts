import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import type { TestContext } from 'node:test'
import { patience } from './patience.ts'
import { sanitizerEnvironment } from './sanitized.ts'

const LAUNCHER = 'bin/sluice'
/** The shell becomes the process: only it knows the number that the process will have. */
const START = 'LISTEN_PID=$$ exec "$@"'
/** The runtime of a sanitizer is not for the shell, which would start five times as slowly. */
const START_PRELOADED = `LISTEN_PID=$$ LD_PRELOAD=$PRELOAD exec "$@"`
/** Long enough for a loaded machine with two processors. */
const DEFAULT_TIMEOUT_MS = patience(20_000)

export interface SluiceResult {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs `sluice` to its end. */
export async function runSluice(args: readonly string[]): Promise<SluiceResult> {
  const process = new SluiceProcess(withLoadTimeout(args))
  return process.exit()
}

/**
 * Starts `sluice` and ends it with the test, whatever happens; `sockets` as systemd does it, and
 * `launcher` is a command that becomes or starts it.
 */
export function startSluice(
  context: TestContext,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  sockets: readonly number[] = [],
  launcher: readonly string[] = [],
): SluiceProcess {
  const process = new SluiceProcess(withLoadTimeout(args), environment, sockets, launcher)
  context.after(() => process.kill())
  return process
}

/** A file that is the program gets as much more time to load as the test waits for it. */
export function withLoadTimeout(args: readonly string[]): readonly string[] {
  const isFile = args.find((arg) => !arg.startsWith('-'))?.includes('.') === true
  if (!isFile || args.some((arg) => arg.startsWith('--load-timeout'))) return args
  return [...args, '--load-timeout', `${DEFAULT_TIMEOUT_MS}ms`]
}

/** A running `sluice` whose output can be waited for. */
export class SluiceProcess {
  stdout = ''
  stderr = ''
  readonly child: ChildProcess
  #waiters: (() => void)[] = []

  /** `sockets` are passed the way systemd does it. */
  constructor(
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
    sockets: readonly number[] = [],
    launcher: readonly string[] = [],
  ) {
    const command = [...launcher, process.execPath, LAUNCHER, ...args]
    const { LD_PRELOAD, ...others } = { ...sanitizerEnvironment(), ...environment }
    const start = LD_PRELOAD === undefined ? START : START_PRELOADED
    const child = spawn('/bin/sh', ['-c', start, 'sh', ...command], {
      env: {
        ...process.env,
        ...others,
        ...(LD_PRELOAD === undefined ? {} : { PRELOAD: LD_PRELOAD }),
        LISTEN_FDS: String(sockets.length),
      },
      stdio: ['ignore', 'pipe', 'pipe', ...sockets],
    }) as ChildProcess & { stdout: Readable; stderr: Readable }
    child.stdout.on('data', (data) => {
      this.stdout += data
      this.#wake()
    })
    child.stderr.on('data', (data) => {
      this.stderr += data
      this.#wake()
    })
    child.on('close', () => this.#wake())
    this.child = child
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** Resolves with the ports of all listeners when the process accepts. */
  async ports(listeners = 1): Promise<number[]> {
    await this.until(() => this.#listening().length >= listeners, 'accept')
    return this.#listening()
  }

  /** Waits for a line of output. */
  async line(pattern: RegExp): Promise<RegExpExecArray> {
    await this.until(() => pattern.test(this.stdout), `print ${pattern}`)
    return pattern.exec(this.stdout) as RegExpExecArray
  }

  async exit(): Promise<SluiceResult> {
    if (!this.hasEnded) await once(this.child, 'close')
    return { status: this.child.exitCode, stdout: this.stdout, stderr: this.stderr }
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal)
  }

  async kill(): Promise<void> {
    if (this.hasEnded) return
    this.child.kill('SIGKILL')
    await once(this.child, 'close')
  }

  async until(isTrue: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + DEFAULT_TIMEOUT_MS
    while (!isTrue()) {
      const left = deadline - performance.now()
      if (this.hasEnded || left <= 0)
        throw new Error(`sluice did not ${what}:\n${this.stdout}${this.stderr}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#waiters.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  #listening(): number[] {
    return [...this.stdout.matchAll(/Listening on .*:(\d+)$/gm)].map(([, port]) => Number(port))
  }

  #wake(): void {
    for (const wake of this.#waiters.splice(0)) wake()
  }
}
