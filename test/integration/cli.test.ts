import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from 'node:test'
import { runSluice, startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'

test('prints help and version on stdout', async () => {
  const help = await runSluice(['--help'])
  assert.equal(help.status, 0)
  assert.match(help.stdout, /^Usage: sluice lb/)
  assert.match((await runSluice(['lb', '--help'])).stdout, /--drain-timeout <time>/)
  assert.match((await runSluice(['demo', '-h'])).stdout, /sluice demo --listen 8081/)

  const { stdout, status } = await runSluice(['--version'])
  assert.equal(status, 0)
  const labels = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(': ')[0]?.trim())
  assert.deepEqual(labels, ['Version', 'Commit', 'Commit Date', 'Host', 'Node'])
})

const USAGE_ERRORS: readonly [args: string, line: string][] = [
  ['', 'nothing to run: give a script file or a command (see sluice --help)'],
  ['--foo', 'unknown option: --foo (see sluice --help)'],
  [
    'no/such.js',
    `file or directory does not exist: ${process.cwd()}/no/such.js (see sluice --help)`,
  ],
  ['a.js b.js', 'redundant filename: b.js (see sluice --help)'],
  ['lb --to :1', 'nowhere to listen: give --listen <address> (see sluice lb --help)'],
  ['lb --listen 1 --bar', 'unknown option: --bar (see sluice lb --help)'],
  [
    'lb --listen 1 --to :1 --workers 0',
    '--workers 0: want a number from 1 to 256 (see sluice lb --help)',
  ],
]

for (const [args, line] of USAGE_ERRORS) {
  test(`tells in one line what is wrong with 'sluice ${args}'`, async () => {
    const result = await runSluice(args.split(' ').filter((arg) => arg !== ''))
    assert.deepEqual(result, { status: 2, stdout: '', stderr: `sluice: ${line}\n` })
  })
}

test('tells that a port is in use', async (context) => {
  const server = createServer().listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  assert.deepEqual(await runSluice(['lb', '--listen', `127.0.0.1:${port}`, '--to', ':1']), {
    status: 1,
    stdout: '',
    stderr: `sluice: cannot listen on 127.0.0.1:${port}: address already in use\n`,
  })
})

test('tells that another sluice has the port', async (context) => {
  const first = startSluice(context, ['lb', '--listen', '127.0.0.1:0', '--to', ':1', '-w', '2'])
  const [port] = await first.ports()
  const { status, stderr } = await runSluice(['lb', '--listen', `127.0.0.1:${port}`, '--to', ':1'])
  assert.equal(stderr, `sluice: cannot listen on 127.0.0.1:${port}: address already in use\n`)
  assert.equal(status, 1)
})

test('tells that the machine has no such address', async () => {
  const { status, stderr } = await runSluice(['lb', '--listen', '192.0.2.1:0', '--to', ':1'])
  assert.equal(stderr, 'sluice: cannot listen on 192.0.2.1:0: this machine has no such address\n')
  assert.equal(status, 1)
})

test('tells that a socket file cannot be made', async () => {
  const { status, stderr } = await runSluice(['lb', '--listen', 'unix:/no/such/a', '--to', ':1'])
  assert.equal(stderr, 'sluice: cannot listen on unix:/no/such/a: no such directory\n')
  assert.equal(status, 1)
})

test('ends a script that loops for ever while it is loaded', async (context) => {
  const long = '(a => a.forEach(() => a.forEach(() => 0)))(new Array(1000000).fill(0))'
  const file = temporaryScript(context, `pipy({ n: ${long} })`)
  const { status, stderr } = await runSluice([file, '--load-timeout', '1'])
  assert.equal(stderr, 'sluice: loading the script took more than 1 s: is there an endless loop?\n')
  assert.equal(status, 1)
})

test('shows where a script is wrong', async (context) => {
  const file = temporaryScript(context, 'pipy()\n  .listen(0,\n  .dummy()\n', 'bad.js')
  const { status, stdout, stderr } = await runSluice([file])
  assert.match(stdout, /\[error\] \[pjs\] Syntax error: .* at line 3 column 3/)
  assert.match(stdout, / {2}\.dummy\(\)\n/)
  assert.equal(stderr, 'sluice: cannot load script: bad.js\n')
  assert.equal(status, 1)
})

test('tells of a pipeline that does not exist', async (context) => {
  const file = temporaryScript(context, "pipy().listen(0).link('nowhere')")
  const { status, stdout } = await runSluice([file, '--verify'])
  assert.match(stdout, /\[error\] \[pjs\] Error: pipeline not found: nowhere/)
  assert.equal(status, 1)
})

test('--verify opens no port', async (context) => {
  const file = temporaryScript(context, 'pipy().listen(1).dummy()')
  assert.deepEqual(await runSluice(['--verify', file]), {
    status: 0,
    stdout: 'Done.\n',
    stderr: '',
  })
})
