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
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { reaches, runTests, testFiles } from './run-tests.mjs'

const ROOT = join(fileURLToPath(import.meta.url), '../..')
const REPORTS = resolve(ROOT, 'build-asan/reports')
const KEEP_FROM_OTHERS = `--import=${pathToFileURL(resolve(ROOT, 'scripts/sanitizer-runtime.mjs'))}`
const DEFAULT_TESTS = ['unit/native/', 'unit/filters/', 'integration/']

// More than processors: many tests wait for times to pass.
const CONCURRENCY = availableParallelism() + 1

process.chdir(ROOT)
build()
rmSync(REPORTS, { recursive: true, force: true })
mkdirSync(REPORTS, { recursive: true })
const wanted = process.argv.slice(2)
const files = testFiles(wanted.length > 0 ? wanted : DEFAULT_TESTS)
const environment = sanitizedEnvironment()
const preloaded = {
  ...environment,
  LD_PRELOAD: environment.SLUICE_SANITIZER_RUNTIME,
  NODE_OPTIONS: KEEP_FROM_OTHERS,
}
// A process with the runtime takes twice the time for all it does: only those have it that need it.
const runs = [
  [files.filter((file) => loadsCore(file)), preloaded],
  [files.filter((file) => !loadsCore(file)), environment],
]
let status = 0
for (const [files, env] of runs) {
  if (files.length > 0) status = Math.max(status, runTests(files, CONCURRENCY, env))
}
const reports = readdirSync(REPORTS)
for (const name of reports) console.error(readFileSync(join(REPORTS, name), 'utf8'))
if (reports.length > 0) console.error(`${reports.length} sanitizer reports in ${REPORTS}`)
process.exit(reports.length > 0 ? 1 : status)

function build() {
  const run = (...args) => {
    const { status } = spawnSync('cmake', args, { stdio: ['ignore', 'ignore', 'inherit'] })
    if (status !== 0) process.exit(1)
  }
  run('-S', '.', '-B', 'build-asan', '-DSLUICE_SANITIZE=ON', '-DCMAKE_CXX_COMPILER=g++')
  run('--build', 'build-asan', '--parallel', '2')
}

/** Whether the process of a compiled test loads the native core: by what it imports. */
function loadsCore(file) {
  return reaches(file, 'dist/src/native/addon.js')
}

function sanitizedEnvironment() {
  const runtime = execFileSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim()
  return {
    ...process.env,
    SLUICE_SANITIZED: '1',
    SLUICE_TEST_PATIENCE: '4',
    SLUICE_SANITIZER_RUNTIME: runtime,
    ASAN_OPTIONS: [
      // It does not look into V8's heap, and Node keeps much for ever: integration/leaks.test.ts knows.
      'detect_leaks=0',
      // Most of what a run takes is starting Node, which touches each page of a quarantine of up to
      // this size. With 4 MB it takes twice what it takes without sanitizers, with 32 MB three times.
      'malloc_context_size=6',
      'quarantine_size_mb=4',
      `log_path=${join(REPORTS, 'process')}`,
    ].join(':'),
    UBSAN_OPTIONS: 'print_stacktrace=1',
  }
}
