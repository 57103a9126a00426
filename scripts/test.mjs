/**
 * Runs the compiled tests with Node's own runner: all of them, or those whose path contains one of
 * the arguments (`npm test -- filters/limit`).
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'

// Integration tests start proxies with several threads each: half the processors keep them honest.
const CONCURRENCY = Math.max(2, availableParallelism() >> 1)
// Helpers of tests wait longer by the same factor: test/support/patience.ts.
const TIMEOUT_MS = 120_000 * Number(process.env.SLUICE_TEST_PATIENCE ?? 1)

const wanted = process.argv.slice(2)
const files = readdirSync('dist/test', { recursive: true })
  .map((name) => join('dist/test', name))
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort()

if (files.length === 0) {
  console.error(`No test matches ${wanted.join(' ')}`)
  process.exit(1)
}

const { status } = spawnSync(
  process.execPath,
  [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    `--test-concurrency=${CONCURRENCY}`,
    `--test-timeout=${TIMEOUT_MS}`,
    ...files,
  ],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
