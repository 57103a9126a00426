import { spawn } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { projectPath } from '../load/project.ts'
import { outputOf } from './output-of.ts'

/** Odd and hostile HTTP, each case raw bytes sent through a running Sluice. */
export interface HttpSafetyResult {
  readonly cases: number
  readonly passed: number
  /** Name of the first case that did not pass; empty if all did. */
  readonly firstError: string
}

/** Compiled tests of `test/integration/http-safety`. */
const FOLDER = 'dist/test/integration/http-safety'

/** Runs every case of http-safety; they are tests, and counted by Node's own runner. */
export async function runHttpSafety(): Promise<HttpSafetyResult> {
  const files = readdirSync(projectPath(FOLDER))
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => join(FOLDER, name))
  const args = ['--test', '--test-reporter=tap', '--test-concurrency=1', ...files]
  const child = spawn(process.execPath, args, {
    cwd: projectPath(),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return parseTap(await outputOf(child))
}

/** Reads the totals of a TAP report. */
export function parseTap(output: string): HttpSafetyResult {
  const total = (name: string): number =>
    Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
  const failed = /^ *not ok \d+ - (.*)$/m.exec(output)?.[1] ?? ''
  return { cases: total('tests'), passed: total('pass'), firstError: failed }
}
