import assert from 'node:assert/strict'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'
import { eventually } from '../support/process-facts.ts'

/** A config that answers by itself, with a listener on a free port and this access log. */
function configFile(folder: string, path: string): string {
  const file = join(folder, 'lb.json')
  const listeners = [{ address: '127.0.0.1:0', routes: [{ respond: { body: 'hello' } }] }]
  const accessLog = { path, format: '{target}' }
  writeFileSync(file, JSON.stringify({ listeners, accessLog }))
  return file
}

async function portIn(output: () => string): Promise<number> {
  let port = 0
  await eventually(() => {
    port = Number(/Listening on .*:(\d+)$/m.exec(output())?.[1] ?? 0)
    return port > 0
  }, output)
  return port
}

/** Has requests logged between lines of the system log; returns what is in the file in the end. */
async function outputOf(context: TestContext, path: string, shell: string): Promise<string> {
  const folder = temporaryFolder(context)
  const output = join(folder, 'output')
  writeFileSync(output, 'what was there before\n')
  const launcher = ['/bin/sh', '-c', `exec "$@" ${shell} ${output}`, 'sh']
  const args = [configFile(folder, path), '--workers', '1']
  const sluice = startSluice(context, args, {}, [], launcher)
  const read = (): string => readFileSync(output, 'latin1')
  const port = await portIn(read)
  for (const round of [0, 1, 2]) {
    await curl(`http://127.0.0.1:${port}/${round}`)
    await eventually(() => read().includes(`/${round}\n`), read)
    // Each reload is a line of the system log.
    const lines = read().split('\n').length
    sluice.signal('SIGUSR1')
    sluice.signal('SIGHUP')
    await eventually(() => read().split('\n').length > lines, read)
  }
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
  return read()
}

for (const path of ['/dev/stdout', '/proc/self/fd/1', '/dev/fd/1']) {
  for (const shell of ['>', '>>']) {
    test(`${path} with ${shell} of a shell loses no line`, async (context) => {
      const output = await outputOf(context, path, shell)
      assert.equal(output.startsWith('what was there before\n'), shell === '>>')
      const lines = output.split('\n')
      assert.deepEqual(
        lines.filter((line) => line.startsWith('/')),
        ['/0', '/1', '/2'],
      )
      assert.ok(!output.includes('\0'))
      assert.equal(lines.filter((line) => /Listening on \S+:\d+$/.test(line)).length, 1)
      assert.equal(lines.filter((line) => /[Rr]eload/.test(line)).length, 3, output)
    })
  }
}

test('a descriptor that the process was started with', async (context) => {
  const folder = temporaryFolder(context)
  const output = join(folder, 'output')
  const fd = openSync(output, 'w')
  context.after(() => closeSync(fd))
  const launcher = ['/bin/sh', '-c', `exec "$@" 7> ${output}`, 'sh']
  const sluice = startSluice(context, [configFile(folder, '/dev/fd/7')], {}, [], launcher)
  const [port = 0] = await sluice.ports()
  await curl(`http://127.0.0.1:${port}/a`)
  await eventually(
    () => readFileSync(output, 'latin1') === '/a\n',
    () => readFileSync(output, 'latin1'),
  )
})

test('a descriptor that nothing can be written to ends the start with one line', async (context) => {
  const folder = temporaryFolder(context)
  const file = configFile(folder, '/dev/fd/0')
  const output = join(folder, 'input')
  writeFileSync(output, '')
  const launcher = ['/bin/sh', '-c', `exec "$@" < ${output}`, 'sh']
  const sluice = startSluice(context, [file], {}, [], launcher)
  const { status, stderr } = await sluice.exit()
  assert.equal(status, 1)
  assert.match(stderr, /access log \/dev\/fd\/0: no such descriptor is open for writing$/m)
  const unknown = await runSluice([configFile(folder, '/dev/fd/987')])
  assert.match(unknown.stderr, /access log \/dev\/fd\/987: no such descriptor/)
})

test('a folder that is gone at SIGUSR1 costs no line, and is used when it is back', async (context) => {
  const folder = temporaryFolder(context)
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  const path = join(logs, 'access.log')
  const sluice = startSluice(context, [configFile(folder, path), '--workers', '1'])
  const [port = 0] = await sluice.ports()
  const ask = async (target: string, file: string): Promise<void> => {
    await curl(`http://127.0.0.1:${port}${target}`)
    const read = (): string => readFileSync(file, 'latin1')
    await eventually(() => read().endsWith(`${target}\n`), read)
  }
  await ask('/a', path)
  const moved = join(folder, 'moved')
  renameSync(logs, moved)
  sluice.signal('SIGUSR1')
  await sluice.line(
    /\[access log\] \S+ cannot be opened again: ENOENT; lines go to the file before/,
  )
  await ask('/b', join(moved, 'access.log'))
  mkdirSync(logs)
  await sluice.line(/\[access log\] \S+ is open again/)
  await ask('/c', path)
  assert.equal(readFileSync(join(moved, 'access.log'), 'latin1'), '/a\n/b\n')
  assert.equal(readFileSync(path, 'latin1'), '/c\n')
  assert.doesNotMatch(sluice.stdout + sluice.stderr, /dropped/)
})
