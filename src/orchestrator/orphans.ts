import { reapChildren } from '../native/addon.ts'

/**
 * Takes in what others leave behind, if this is process 1: what has lost its parent, such as the
 * background jobs of a command that a script has run, is given to process 1 and stays in the table
 * of processes until that has taken leave of it. To be called on the main thread, which starts no
 * processes of its own: those of other threads are theirs to wait for.
 */
export function takeInOrphans(): void {
  if (process.pid !== 1) return
  process.on('SIGCHLD', reapChildren)
  reapChildren()
}
