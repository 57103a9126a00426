import { type ChildProcess, spawn } from 'node:child_process'
import { BenchError } from '../bench-error.ts'
import { isBenchmarkEnding, onCleanup } from './cleanup.ts'
import { readTree } from './process-tree.ts'

/** What to start and where. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly environment?: Readonly<NodeJS.ProcessEnv>
}

/** A process that the benchmark started, pinned, and ends by its id. */
export interface ManagedProcess {
  readonly pid: number
  /** Resolves with the exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>
  isRunning(): boolean
  /** What it wrote so far; only the last 64 KB of each are kept. */
  output(): string
  errorOutput(): string
  /** Asks it to end, and ends the whole tree by force after a moment. */
  stop(): Promise<void>
}

/** Starts a process pinned to `cpus`; whatever happens to the benchmark, it is stopped at the end. */
export async function startProcess(
  command: Command,
  cpus: string,
  directory: string,
): Promise<ManagedProcess> {
  if (isBenchmarkEnding()) throw new BenchError('the benchmark is ending')
  // taskset replaces itself by the program, so the id is the program's own.
  const child = spawn('taskset', ['-c', cpus, command.program, ...command.args], {
    cwd: directory,
    env: { ...process.env, ...command.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C in the terminal reaches the benchmark only, which then stops the rest
  })
  const output = collect(child.stdout)
  const errorOutput = collect(child.stderr)
  let isRunning = true
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      isRunning = false
      resolve(code)
    })
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => {
      reject(new BenchError(`cannot start taskset (Debian package util-linux): ${error.message}`))
    })
  })
  const pid = child.pid ?? 0
  const stop = async (): Promise<void> => {
    forget()
    await stopTree(child, pid, ended)
  }
  const forget = onCleanup(stop)
  void ended.then(forget)
  return { pid, ended, isRunning: () => isRunning, output, errorOutput, stop }
}

const OUTPUT_LIMIT = 64 * 1024
const GRACE_MS = 500

function collect(stream: ChildProcess['stdout']): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-OUTPUT_LIMIT)
  })
  return () => text
}

async function stopTree(
  child: ChildProcess,
  pid: number,
  ended: Promise<number | null>,
): Promise<void> {
  const members = readTree(pid).map((stat) => stat.pid)
  child.kill('SIGTERM')
  const isDone = await Promise.race([ended.then(() => true), pause(GRACE_MS).then(() => false)])
  if (isDone) return
  for (const member of new Set([...members, ...readTree(pid).map((stat) => stat.pid)])) {
    try {
      process.kill(member, 'SIGKILL')
    } catch {
      // It ended in the meantime.
    }
  }
  await Promise.race([ended, pause(GRACE_MS)])
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref()
  })
}
