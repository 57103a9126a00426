/** The compiled test files, and Node's own runner for some of them. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** All files with tests, or those whose path contains one of `wanted`; ends the process if there are none. */
export function testFiles(wanted) {
  const files = readdirSync('dist/test', { recursive: true })
    .map((name) => join('dist/test', name))
    .filter((file) => file.endsWith('.test.js'))
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .sort()
  if (files.length > 0) return files
  console.error(`No test matches ${wanted.join(' ')}`)
  process.exit(1)
}

/** Runs the files, `concurrency` of them at a time; returns the exit status. */
export function runTests(files, concurrency, env = process.env) {
  // Helpers of tests wait longer by the same factor: test/support/patience.ts.
  const timeoutMs = 120_000 * Number(env.SLUICE_TEST_PATIENCE ?? 1)
  const options = [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
  ]
  const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit', env })
  return status ?? 1
}
