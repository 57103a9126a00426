/** The compiled test files, and Node's own runner for some of them. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

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

/**
 * Runs the files, `concurrency` of them at a time; returns the exit status. A few files with failures
 * are run once more, with nothing beside them: a test that only fails on a crowded machine is named
 * in the end and is to be mended, but says nothing of the program.
 */
export function runTests(files, concurrency, env = process.env) {
  const first = runOnce(files, concurrency, env)
  // A test may be declared in what several files import.
  const failed = files.filter((file) => first.failedFiles.some((one) => reaches(file, one)))
  if (first.status === 0 || failed.length === 0 || failed.length > MOST_AGAIN) return first.status
  const list = failed.map((file) => `  ${file}\n`).join('')
  console.error(`\nFailed beside others, run once more alone:\n${list}`)
  const { status } = runOnce(failed, 1, env)
  console.error(status === 0 ? `\nFailed beside others, passed alone:\n${list}` : '')
  return status
}

/** More files than this with failures are no accident. */
const MOST_AGAIN = 3

/** Whether a compiled module is another one, or imports it, however indirectly. */
export function reaches(file, wanted, seen = new Set()) {
  if (file === wanted) return true
  if (seen.has(file) || !existsSync(file)) return false
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(
    /\b(?:from|import)\b[\s(]*['"](\.[^'"]*)['"]/g,
  )
  return [...imports].some(([, path]) => reaches(join(dirname(file), path), wanted, seen))
}

function runOnce(files, concurrency, env) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tests-'))
  const list = join(folder, 'failed')
  // Helpers of tests wait longer by the same factor: test/support/patience.ts.
  const timeoutMs = 240_000 * Number(env.SLUICE_TEST_PATIENCE ?? 1)
  const options = [
    '--enable-source-maps',
    '--test',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${FAILED_FILES}`,
    `--test-reporter-destination=${list}`,
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
  ]
  const { status } = spawnSync(process.execPath, [...options, ...files], { stdio: 'inherit', env })
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : []
  rmSync(folder, { recursive: true })
  return { status: status ?? 1, failedFiles: [...new Set(lines.map(compiled))] }
}

/** The compiled file of a path that the runner tells, which is one of TypeScript where it has a map. */
function compiled(path) {
  return relative('.', path)
    .replace(/^test\b/, 'dist/test')
    .replace(/\.ts$/, '.js')
}

const FAILED_FILES = new URL('failed-files.mjs', import.meta.url).href
