import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { loadConfig } from '../../src/config/load-config.ts'
import { isSanitized } from '../support/sanitized.ts'
import { withLoadTimeout } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'

/** Images have the ordinary build of the native core, and nothing preloaded. */
const ORDINARY = { skip: isSanitized && 'an image has no sanitizers' }

const run = promisify(execFile)
const UNITS = 'deploy/systemd'
const IMAGE_FOLDER = '/opt/sluice'

const CONFIG = 'listeners: [{ address: 8080, upstream: a }]\nupstreams: { a: { endpoints: [1] } }'

/** The instructions of the Dockerfile, as words. */
function instructions(): string[][] {
  const lines = readFileSync('Dockerfile', 'utf8').replaceAll('\\\n', ' ').split('\n')
  return lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.split(/\s+/))
}

/** Those of the last stage. */
function lastStage(): string[][] {
  const all = instructions()
  return all.slice(all.findLastIndex(([word]) => word === 'FROM'))
}

/** The commands of `RUN` in all stages, each as words. */
function commands(): string[][] {
  const runs = instructions().filter(([word]) => word === 'RUN')
  return runs.flatMap(([, ...words]) => {
    return words
      .join(' ')
      .split(' && ')
      .map((command) => command.trim().split(/\s+/))
  })
}

test(
  'what the Dockerfile puts into the image runs without the rest of the project',
  ORDINARY,
  async (context) => {
    const image = temporaryFolder(context)
    const copies = lastStage().filter(([word]) => word === 'COPY')
    assert.ok(copies.length > 0)
    for (const [, stage, from = '', to = ''] of copies) {
      assert.equal(stage, '--from=build')
      const source = from.replace(/^\/src\//, '')
      assert.ok(existsSync(source), `${source} exists after a build`)
      mkdirSync(join(image, to, '..'), { recursive: true })
      // Tens of thousands of files, which npm has put there in the image as well.
      if (source === 'node_modules') symlinkSync(join(process.cwd(), source), join(image, to))
      else cpSync(source, join(image, to), { recursive: true })
    }
    const config = join(image, 'lb.yaml')
    writeFileSync(config, CONFIG)
    const args = withLoadTimeout([config, '--verify'])
    const { stdout } = await run(process.execPath, [join(image, 'bin/sluice'), ...args])
    assert.match(stdout, /^Done\.$/m)
  },
)

test('the image runs as an ordinary user, behind an init process', () => {
  const words = new Map(lastStage().map(([word, ...rest]) => [word, rest.join(' ')]))
  assert.equal(words.get('USER'), 'node')
  assert.equal(words.get('WORKDIR'), IMAGE_FOLDER)
  assert.deepEqual(JSON.parse(words.get('ENTRYPOINT') ?? ''), [
    '/usr/bin/tini',
    '--',
    '/usr/local/bin/sluice',
  ])
})

test('every command of the Dockerfile is one that there is, with options that it knows', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
  const ignored = readFileSync('.dockerignore', 'utf8').trim().split('\n')
  const names = new Set<string>()
  for (const [program = '', ...args] of commands()) {
    names.add(program)
    if (program === 'node') {
      const [file = '', ...options] = args
      assert.ok(existsSync(file) && !ignored.includes(file.split('/')[0] ?? ''), file)
      const text = readFileSync(file, 'utf8')
      for (const option of options) assert.ok(text.includes(`'${option}'`), `${file} ${option}`)
    } else if (program === 'npm' && args[0] === 'run') {
      assert.ok(Object.hasOwn(scripts, args[1] ?? ''), `npm run ${args[1]}`)
    }
  }
  assert.deepEqual([...names].sort(), ['apt-get', 'ln', 'node', 'npm', 'rm'])
})

test('what is copied into the build is all that it starts from', () => {
  const [copy] = instructions().filter(([word]) => word === 'COPY')
  assert.deepEqual(copy, ['COPY', '.', '.'])
  const ignored = readFileSync('.dockerignore', 'utf8').trim().split('\n')
  // What is made there, and the history.
  assert.deepEqual(ignored, ['.git', 'build', 'build-*', 'dist', 'node_modules'])
})

test(
  'the entry point is a link to the program, which takes the command as it is',
  ORDINARY,
  async (context) => {
    const words = new Map(lastStage().map(([word, ...rest]) => [word, rest.join(' ')]))
    const [init, , entry] = JSON.parse(words.get('ENTRYPOINT') ?? '')
    const installed = commands().find(
      ([program, verb]) => program === 'apt-get' && verb === 'install',
    )
    assert.equal(init, '/usr/bin/tini')
    assert.ok(commands().some((words) => words.includes('install') && words.includes('tini')))
    assert.ok(installed !== undefined)
    const [, , target = '', link] = commands().find(([program]) => program === 'ln') ?? []
    assert.equal(link, entry)
    assert.ok(target.startsWith(`${words.get('WORKDIR')}/`))
    const program = target.slice(IMAGE_FOLDER.length + 1)
    const folder = temporaryFolder(context)
    symlinkSync(join(process.cwd(), program), join(folder, 'sluice'))
    const config = join(folder, 'lb.yaml')
    writeFileSync(config, CONFIG)
    const [file] = JSON.parse(words.get('CMD') ?? '')
    assert.equal(file, '/etc/sluice/lb.yaml')
    // By its first line and mode, as the image starts it.
    const { stdout } = await run(join(folder, 'sluice'), withLoadTimeout([config, '--verify']))
    assert.match(stdout, /^Done\.$/m)
  },
)

test('the program runs without the packages that npm prunes', ORDINARY, async (context) => {
  const image = temporaryFolder(context)
  for (const name of ['package.json', 'bin', 'dist', 'build'])
    symlinkSync(join(process.cwd(), name), join(image, name))
  const { stdout: list } = await run('npm', ['ls', '--omit=dev', '--all', '--parseable'])
  const prefix = join(process.cwd(), 'node_modules/')
  const packages = list
    .split('\n')
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length))
    .filter((path) => !path.includes('node_modules/'))
  assert.ok(packages.includes('yaml') && !packages.includes('typescript'))
  for (const name of packages) {
    mkdirSync(dirname(join(image, 'node_modules', name)), { recursive: true })
    symlinkSync(join(prefix, name), join(image, 'node_modules', name))
  }
  const config = join(image, 'lb.yaml')
  writeFileSync(config, CONFIG)
  const preserve = ['--preserve-symlinks', '--preserve-symlinks-main']
  const program = [...preserve, join(image, 'bin/sluice')]
  const args = withLoadTimeout([config, '--verify'])
  const { stdout } = await run(process.execPath, [...program, ...args])
  assert.match(stdout, /^Done\.$/m)
})

test('systemd understands the units', async (context) => {
  const folder = temporaryFolder(context)
  for (const name of ['sluice.service', 'sluice.socket']) {
    const text = readFileSync(join(UNITS, name), 'utf8')
    // systemd looks for the program, which is not installed here.
    const program = `${process.execPath} ${join(process.cwd(), 'bin/sluice')}`
    writeFileSync(join(folder, name), text.replace('/usr/local/bin/sluice', program))
  }
  const files = ['sluice.service', 'sluice.socket'].map((name) => join(folder, name))
  const { stderr } = await run('systemd-analyze', ['verify', '--man=no', ...files])
  const ours = stderr.split('\n').filter((line) => line.includes('sluice'))
  assert.deepEqual(ours, [])
})

test('the socket unit opens what the config of the units listens on', async () => {
  const config = await loadConfig(join(process.cwd(), UNITS, 'lb.yaml'))
  assert.ok(config.isGood, config.isGood ? '' : config.lines.join('\n'))
  const unit = readFileSync(join(UNITS, 'sluice.socket'), 'utf8')
  const streams = [...unit.matchAll(/^ListenStream=(.*)$/gm)].map(([, address]) => address)
  assert.deepEqual(
    streams,
    config.spec.listen.map(({ host, port }) => `${host}:${port}`),
  )
})
