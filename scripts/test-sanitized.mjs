/**
 * Runs tests against a build of the native core with AddressSanitizer and
 * UndefinedBehaviorSanitizer: those of the native layer, the filters and the integration, or those
 * whose path contains one of the arguments. Fails when a test fails or a sanitizer has something to
 * report, in whatever process that was.
 *
 *   build-asan/Release/sluice.node   the build, which `SLUICE_SANITIZED=1` makes Sluice load
 *   build-asan/reports/              what the sanitizers had to say, a file for each process
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = join(fileURLToPath(import.meta.url), '../..')
const REPORTS = resolve(ROOT, 'build-asan/reports')
const DEFAULT_TESTS = ['unit/native/', 'unit/filters/', 'integration/']

process.chdir(ROOT)
build()
rmSync(REPORTS, { recursive: true, force: true })
mkdirSync(REPORTS, { recursive: true })
const wanted = process.argv.slice(2)
const { status } = spawnSync(
  process.execPath,
  ['scripts/test.mjs', ...(wanted.length > 0 ? wanted : DEFAULT_TESTS)],
  { stdio: 'inherit', env: { ...process.env, ...environment() } },
)
const reports = readdirSync(REPORTS)
for (const name of reports) console.error(readFileSync(join(REPORTS, name), 'utf8'))
if (reports.length > 0) console.error(`${reports.length} sanitizer reports in ${REPORTS}`)
process.exit(reports.length > 0 ? 1 : (status ?? 1))

function build() {
  const run = (...args) => {
    const { status } = spawnSync('cmake', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) process.exit(1)
  }
  run('-S', '.', '-B', 'build-asan', '-DSLUICE_SANITIZE=ON', '-DCMAKE_CXX_COMPILER=g++')
  run('--build', 'build-asan', '--parallel', '2')
}

function environment() {
  const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
  const keepFromOthers = pathToFileURL(resolve('scripts/sanitizer-runtime.mjs')).href
  return {
    SLUICE_SANITIZED: '1',
    SLUICE_TEST_PATIENCE: '4',
    SLUICE_SANITIZER_RUNTIME: runtime,
    LD_PRELOAD: runtime,
    NODE_OPTIONS: `--import=${keepFromOthers}`,
    ASAN_OPTIONS: [
      // It does not look into V8's heap, and Node keeps much for ever: integration/leaks.test.ts knows.
      'detect_leaks=0',
      // Node allocates so much that it starts in half the time with short stacks of allocations, and
      // without a quarantine of 256 MB of which each page is touched.
      'malloc_context_size=6',
      'quarantine_size_mb=32',
      `log_path=${join(REPORTS, 'process')}`,
    ].join(':'),
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }
}
