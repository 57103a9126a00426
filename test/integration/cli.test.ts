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
  assert.deepEqual(labels, ['Version', 'Commit', 'Commit Date', 'Host', 'OpenSSL'])
})

const SCRIPT_ERRORS: readonly [args: string, line: string][] = [
  ['', 'nothing to run: give a script file or a command (see sluice --help)'],
  ['--foo', 'unknown option: --foo (see sluice --help)'],
  [
    'no/such.js',
    `file or directory does not exist: ${process.cwd()}/no/such.js (see sluice --help)`,
  ],
  ['a.js b.js', 'redundant filename: b.js (see sluice --help)'],
  ['test', 'script file not specified (see sluice --help)'],
  ['a.js --log-level=loud', 'unknown log level: loud (see sluice --help)'],
  ['a.js --verify=yes', 'option takes no value: --verify (see sluice --help)'],
]

const USAGE_ERRORS: readonly [args: string, line: string][] = [
  ['lb --to :1', 'nowhere to listen: give --listen <address> (see sluice lb --help)'],
  ['lb --listen 1 --bar', 'unknown option: --bar (see sluice lb --help)'],
  [
    'lb --listen 1 --to :1 --workers 0',
    '--workers 0: want a number from 1 to 256 (see sluice lb --help)',
  ],
]

for (const [status, errors] of [
  [2, USAGE_ERRORS],
  [255, SCRIPT_ERRORS],
] as const) {
  for (const [args, line] of errors) {
    test(`tells in one line what is wrong with 'sluice ${args}'`, async () => {
      const result = await runSluice(args.split(' ').filter((arg) => arg !== ''))
      assert.deepEqual(result, { status, stdout: '', stderr: `sluice: ${line}\n` })
    })
  }
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
  assert.equal(status, 255)
})

test('shows where a script is wrong', async (context) => {
  const file = temporaryScript(context, 'pipy()\n  .listen(0,\n  .dummy()\n', 'bad.js')
  const { status, stdout, stderr } = await runSluice([file])
  assert.match(stdout, /\[error\] \[pjs\] Syntax error: .* at line 3 column 3/)
  assert.match(stdout, / {2}\.dummy\(\)\n/)
  assert.equal(stderr, 'sluice: cannot load script: bad.js\n')
  assert.equal(status, 255)
})

test('tells of a pipeline that does not exist', async (context) => {
  const file = temporaryScript(context, "pipy().listen(0).link('nowhere')")
  const { status, stdout } = await runSluice([file, '--verify'])
  assert.match(stdout, /\[error\] \[pjs\] Error: pipeline not found: nowhere/)
  assert.equal(status, 255)
})

const BROKEN: readonly [what: string, text: string, line: RegExp][] = [
  ['a link to nowhere', "pipy().listen(0).link('x')", /Error: pipeline not found: x/],
  ['a syntax error', 'pipy(', /Syntax error: .* at line 1 column/],
  ['something else', '({})', /Script did not return a Configuration object/],
  ['an unknown name', 'pipy().listen(port)', /Error: unresolved identifier port/],
  ['a pipeline in itself', "pipy().pipeline('a').demux('a')", /Error: recursive pipeline: a/],
  ['a missing module', "pipy().listen(0).use('m.js', 'a')", /Cannot load module: m\.js/],
  [
    'a pipeline that a module lacks',
    "pipy().listen(0).use('main.js', 'a')",
    /Error: pipeline not found: a in main\.js/,
  ],
]

for (const [what, text, line] of BROKEN) {
  test(`--verify finds ${what}`, async (context) => {
    const file = temporaryScript(context, text)
    const { status, stdout } = await runSluice([file, '--verify'])
    assert.match(stdout, line)
    assert.equal(status, 255)
  })
}

test('--verify shows what the script prints while it is loaded, once', async (context) => {
  const print = "(console.log('one\\ntwo'), os.readFile('no-such-file'), "
  const good = await runSluice(['--verify', temporaryScript(context, `${print} pipy())`)])
  assert.equal(good.status, 0)
  assert.equal(good.stdout.match(/\[info\] \[pjs\] one\n.*\[info\] \[pjs\] two\n/g)?.length, 1)
  assert.equal(good.stdout.match(/\[error\] .*no-such-file/g)?.length, 1)
  const bad = await runSluice([temporaryScript(context, `${print} pipy().link('x'))`)])
  assert.equal(bad.status, 255)
  assert.equal(bad.stdout.match(/\[info\] \[pjs\] one\n/g)?.length, 1)
})

test('--verify draws the script and opens no port', async (context) => {
  const file = temporaryScript(
    context,
    `pipy()
      .listen(1).decodeHttpRequest().fork('log').demux('answer').encodeHttpResponse()
      .pipeline('log').dump()
      .pipeline('answer').replaceMessage(new Message('hi'))
      .task('1s').replaceMessage(() => new SessionEnd)`,
  )
  const { status, stdout } = await runSluice(['--verify', '--log-level=warn', file])
  assert.equal(status, 0)
  const lines = stdout.split('\n').map((line) => line.replace(/^.* \[info\] \[config\] ?/, ''))
  assert.deepEqual(lines, [
    'Module /main.js',
    '===============',
    '',
    '[Listen on 0.0.0.0:1]',
    ' |',
    ' v',
    'decodeHttpRequest',
    'fork',
    ' |--> [log]',
    ' |    dump',
    'demux',
    ' |--> [answer]',
    ' |    replaceMessage',
    ' v',
    'encodeHttpResponse',
    ' |',
    ' v',
    '',
    '[Task #1 (every 1s)]',
    ' |',
    ' v',
    'replaceMessage',
    ' |',
    ' v',
    '',
    'Done.',
    '',
  ])
})

test('--verify opens no port of the web UI either', async (context) => {
  const file = temporaryScript(context, 'pipy().listen(0)')
  const { status, stdout } = await runSluice(['--verify', '--gui-port=6060', file])
  assert.equal(status, 0)
  assert.doesNotMatch(stdout, /\[gui\]/)
})

test('accepts options of one dash and options behind the script', async () => {
  assert.match((await runSluice(['-version'])).stdout, /^Version {5}: /)
  assert.match((await runSluice(['-v'])).stdout, /^Version {5}: /)
  assert.match((await runSluice(['-help'])).stdout, /^Usage: /)
  // The first of version, help, help-filters and list-filters wins, wherever it stands.
  assert.match((await runSluice(['--list-filters', '-h'])).stdout, /^Usage: /)
  assert.match((await runSluice(['--help-filters', '--list-filters'])).stdout, /\n=====+\n/)
})

test('lists all filters', async () => {
  const { stdout } = await runSluice(['--list-filters'])
  assert.equal(stdout.trim().split('\n').length, 32)
  assert.match(stdout, /^\nconnect +\(target\[, options\]\) +Sends data/)
})

test('the log can be objects for programs', async (context) => {
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', '127.0.0.1:1', '--workers', '1']
  const sluice = startSluice(context, [...args, '--log-format', 'json'])
  await sluice.line(/Listening on/)
  const entry = JSON.parse(sluice.stdout.split('\n')[0] ?? '')
  assert.equal(entry.level, 'info')
  assert.match(entry.message, /^\[listener\] Listening on 127\.0\.0\.1:\d+$/)
  const wrong = await runSluice([...args, '--log-format', 'xml'])
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /^sluice: --log-format xml: want text or json/)
})
