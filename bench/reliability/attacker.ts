import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type ManagedProcess, startProcess } from '../load/process/managed-process.ts'
import type { Stage } from './stage.ts'

/** The kernel takes such a wish ten times per second. */
const PAUSE_MS = 100

/** Starts a process that attacks, with as little of the processors as the stage leaves to it. */
export async function startAttacker(
  stage: Stage,
  program: string,
  args: readonly string[],
): Promise<ManagedProcess> {
  // nice replaces itself by the program, so the id is the program's own.
  const nice = String(stage.attackersNice)
  const command = { program: 'nice', args: ['-n', nice, program, ...args] }
  const child = await startProcess(command, stage.cpus, '/')
  await lowerSession(child, nice)
  return child
}

/** Where the kernel first shares time between sessions, a process is nice to its own session only. */
async function lowerSession(child: ManagedProcess, nice: string): Promise<void> {
  const path = `/proc/${child.pid}/autogroup`
  while (child.isRunning() && existsSync(path)) {
    try {
      return writeFileSync(path, nice)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await pause(PAUSE_MS)
    }
  }
}
