import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Makes a folder that goes away with the test. */
export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes a script to a temporary folder and returns its path. */
export function temporaryScript(context: TestContext, text: string, name = 'main.js'): string {
  const file = join(temporaryFolder(context), name)
  writeFileSync(file, text)
  return file
}
