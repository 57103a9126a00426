import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onCleanup } from './cleanup.ts'

/** Makes a directory for bodies and configurations, in memory if the system allows, removed at the end. */
export function createWorkspace(): string {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const directory = mkdtempSync(join(parent, 'sluice-bench-'))
  onCleanup(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
