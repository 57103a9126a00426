/**
 * Makes a clone ready to run: checks the tools, installs npm packages, builds the native core and
 * compiles TypeScript. Each step is skipped when nothing it depends on has changed, so that
 * `npm start` and `npm test` can always call it. Needs nothing but Node itself.
 *
 *   build/Release/sluice.node   the native core
 *   dist/bundle                 what bin/sluice runs: few files, because each costs start-up time
 *                               and memory in every worker
 *   dist/gui                    the web UI, as a browser loads it
 *   dist/src, dist/test         module by module: the library and the tests; not with --run-only
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const SOURCE_FOLDERS = ['src', 'test', 'bench']
/** The files that threads are started with. They find each other by these relative paths. */
const BUNDLE_ENTRIES = [
  'cli/main',
  'worker/main',
  'orchestrator/jobs/load-script',
  'orchestrator/jobs/load-config',
]

process.chdir(ROOT)
await main()

async function main() {
  checkNodeVersion()
  // npm runs this as the package's install script; when we started npm, we go on ourselves.
  const isCalledByNpm = process.argv.includes('--from-npm')
  if (isCalledByNpm && process.env.SLUICE_SETUP) return

  if (!isCalledByNpm) await installPackages()
  await buildAddon()
  if (isCalledByNpm) return
  await bundleProgram()
  await bundleWebUi()
  if (!process.argv.includes('--run-only')) await compileTypeScript()
  noteCommit()
}

function checkNodeVersion() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    fail(`Sluice needs Node.js 20.19 or newer; this is ${process.version}.`)
  if (process.platform !== 'linux') fail('Sluice runs on Linux: its reactor is built on epoll.')
}

async function installPackages() {
  const stampFile = 'node_modules/.sluice-setup'
  const stamp = hashOf(['package-lock.json'])
  if (readStamp(stampFile) === stamp) return
  await step('Installing npm packages', 'npm', [
    // Not "ci": it refuses a lock file without the optional packages of every other platform.
    'install',
    '--no-save',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  writeFileSync(stampFile, stamp)
}

async function buildAddon() {
  const sources = filesUnder('native', /\.(cc|h|txt)$/)
  if (!/^[^#]/m.test(readFileSync('native/sources.txt', 'utf8').trim())) return
  const stampFile = 'build/.sluice-setup'
  const stamp = hashOf(
    [...sources, 'CMakeLists.txt', 'package-lock.json'],
    [process.version, process.arch],
  )
  if (readStamp(stampFile) === stamp && existsSync('build/Release/sluice.node')) return
  checkBuildTools()
  forgetMovedBuild()
  // As a dependency of another project, our packages may lie in that project's folder.
  const cmakeJs = JSON.stringify(createRequire(import.meta.url).resolve('cmake-js/bin/cmake-js'))
  await step('Building the native core', 'sh', [
    '-c',
    `node ${cmakeJs} configure && node ${cmakeJs} build --parallel ${availableParallelism()}`,
  ])
  writeFileSync(stampFile, stamp)
}

/** CMake refuses to go on with what it has begun in a directory of another name. */
function forgetMovedBuild() {
  const cache = 'build/CMakeCache.txt'
  if (readStamp(cache).includes(`CMAKE_CACHEFILE_DIR:INTERNAL=${join(ROOT, 'build')}\n`)) return
  rmSync(cache, { force: true })
  rmSync('build/CMakeFiles', { recursive: true, force: true })
}

async function bundleProgram() {
  const stampFile = 'dist/bundle/.sluice-setup'
  const stamp = hashOf(['package-lock.json', 'scripts/setup.mjs', ...filesUnder('src', /\.ts$/)])
  if (readStamp(stampFile) === stamp) return
  rmSync('dist/bundle', { recursive: true, force: true })
  await step('Bundling the program', 'node_modules/.bin/esbuild', [
    ...BUNDLE_ENTRIES.map((entry) => `${entry}=src/${entry}.ts`),
    '--bundle',
    '--splitting',
    '--format=esm',
    '--platform=node',
    '--target=node20',
    '--packages=external',
    '--outdir=dist/bundle',
    // As deep as the entries, so that relative URLs mean the same in both.
    '--chunk-names=chunks/[name]-[hash]',
    '--sourcemap',
    '--log-level=warning',
  ])
  writeFileSync(stampFile, stamp)
}

async function bundleWebUi() {
  const stampFile = 'dist/gui/.sluice-setup'
  const shared = [
    'schema/sluice.schema.json',
    'src/config/config-file.ts',
    'src/config/schema-walk.ts',
  ]
  const inputs = ['package-lock.json', 'tsconfig.json', ...shared, ...filesUnder('gui', /./)]
  const stamp = hashOf(inputs)
  if (readStamp(stampFile) === stamp) return
  const vite = ['node_modules/vite/bin/vite.js', 'build', 'gui', '--logLevel', 'warn']
  await step('Bundling the web UI', process.execPath, vite)
  writeFileSync(stampFile, stamp)
}

async function compileTypeScript() {
  const sources = SOURCE_FOLDERS.flatMap((folder) => filesUnder(folder, /\.ts$/))
  const stampFile = 'dist/.sluice-setup'
  const stamp = hashOf(['tsconfig.json', 'package-lock.json'], sources.map(nameTimeAndSize))
  if (readStamp(stampFile) === stamp) return
  removeOrphans(sources)
  // Types are checked by "npm run check"; here only the output matters, and that is quicker.
  await step('Compiling TypeScript', process.execPath, [
    'node_modules/typescript/bin/tsc',
    '--project',
    'tsconfig.json',
    '--noCheck',
    '--declaration',
    'false',
  ])
  mkdirSync('dist', { recursive: true })
  writeFileSync(stampFile, stamp)
}

/** Leaves the commit where `--version` finds it, when this is a git clone. */
function noteCommit() {
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%H %cI'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  if (status !== 0) return
  const [commit, commitDate] = stdout.trim().split(' ')
  writeFileSync('dist/build.json', `${JSON.stringify({ commit, commitDate })}\n`)
}

/** Deletes what was compiled from sources that are gone, so that no stale test runs. */
function removeOrphans(sources) {
  const expected = new Set(sources.map((file) => file.replace(/\.ts$/, '')))
  for (const folder of SOURCE_FOLDERS) {
    for (const file of filesUnder(join('dist', folder), /\.js(\.map)?$/)) {
      const name = relative('dist', file).replace(/\.js(\.map)?$/, '')
      if (!expected.has(name)) rmSync(file)
    }
  }
}

function checkBuildTools() {
  if (!hasCommand('c++') && !hasCommand('g++') && !hasCommand('clang++'))
    fail('Sluice needs a C++ compiler: sudo apt-get install g++')
  if (!hasCommand('make') && !hasCommand('ninja'))
    fail('Sluice needs make or ninja to build its native core: sudo apt-get install make')
  if (!hasCommand('cmake'))
    fail('Sluice needs CMake to build its native core: sudo apt-get install cmake')
  const include = join(dirname(realpathSync(process.execPath)), '..', 'include', 'node')
  if (!existsSync(join(include, 'uv.h')))
    fail('Sluice needs the C headers of this Node.js (uv.h): sudo apt-get install libnode-dev')
}

function hasCommand(name) {
  return spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
}

/** Runs a tool with its output held back; shows one line, and the output if the tool fails. */
async function step(title, command, args) {
  const started = performance.now()
  process.stdout.write(`${title} ... `)
  const { status, output } = await run(command, args)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  if (status === 0) {
    process.stdout.write(`${seconds} s\n`)
    return
  }
  process.stdout.write(`failed after ${seconds} s\n`)
  process.stderr.write(`${output.trimEnd()}\n`)
  fail(`${title} failed; see above.`)
}

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, SLUICE_SETUP: '1' },
    })
    let output = ''
    child.stdout.on('data', (data) => {
      output += data
    })
    child.stderr.on('data', (data) => {
      output += data
    })
    child.on('error', (error) => resolve({ status: 1, output: String(error) }))
    child.on('close', (status) => resolve({ status, output }))
  })
}

function filesUnder(folder, pattern) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
}

function nameTimeAndSize(file) {
  const { mtimeMs, size } = statSync(file)
  return `${file} ${mtimeMs} ${size}`
}

function hashOf(files, extra = []) {
  const hash = createHash('sha256')
  // The lock file is no part of a published package.
  for (const file of files.filter(existsSync)) hash.update(file).update(readFileSync(file))
  for (const text of extra) hash.update(text).update('\n')
  return hash.digest('hex')
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
