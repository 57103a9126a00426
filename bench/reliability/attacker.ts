import { existsSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { type ManagedProcess, startProcess } from '../load/process/managed-process.ts'
import type { Stage } from './stage.ts'

/** The least that a process can be given, of -20 to 19. */
const NICE = '19'
/** The kernel takes such a wish ten times per second. */
const PAUSE_MS = 100

/**
 * Starts a process that attacks. It gets what others leave of the processors: elsewhere it would have
 * its own, and what is to be seen is how Sluice shares its time, not how the kernel does.
 */
export async function startAttacker(
  stage: Stage,
  program: string,
  args: readonly string[],
): Promise<ManagedProcess> {
  // nice replaces itself by the program, so the id is the program's own.
  const command = { program: 'nice', args: ['-n', NICE, program, ...args] }
  const child = await startProcess(command, stage.cpus, '/')
  await lowerSession(child)
  return child
}

/** Where the kernel first shares time between sessions, a process is nice to its own session only. */
async function lowerSession(child: ManagedProcess): Promise<void> {
  const path = `/proc/${child.pid}/autogroup`
  while (child.isRunning() && existsSync(path)) {
    try {
      return writeFileSync(path, NICE)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
      await pause(PAUSE_MS)
    }
  }
}
