import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { runSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'

function write(context: TestContext, text: string, name = 'lb.yaml'): string {
  const file = join(temporaryFolder(context), name)
  writeFileSync(file, text)
  return file
}

const GOOD = `listeners:
  - { name: web, address: 8080, routes: [{ match: { host: a.test }, upstream: a }, { upstream: b }] }
upstreams:
  a: { endpoints: [9001] }
  b: { endpoints: [{ address: "10.0.0.1:9002", weight: 2 }] }
`

test('--verify prints the pipelines', async (context) => {
  const { status, stdout, stderr } = await runSluice([write(context, GOOD), '--verify'])
  assert.equal(stderr, '')
  assert.equal(
    stdout,
    `Module /lb.yaml
===============

[Listen on 0.0.0.0:8080]
 |
 v
decodeHttpRequest
demux
 |--> [request]
 |    route
 |     |--> [balance a]
 |     |    mux
 |     |     |--> [upstream a]
 |     |     |    encodeHttpRequest
 |     |     |    connect
 |     |     |    decodeHttpResponse
 |     |     v
 |     |--> [balance b]
 |     |    mux
 |     |     |--> [upstream b]
 |     |     |    encodeHttpRequest
 |     |     |    connect
 |     |     |    decodeHttpResponse
 |     |     v
 |     v
 v
encodeHttpResponse
 |
 v

Done.
`,
  )
  assert.equal(status, 0)
})

test('--print-config prints a config that means the same, with all defaults', async (context) => {
  const printed = await runSluice([write(context, GOOD), '--print-config'])
  const { listeners, upstreams } = parse(printed.stdout)
  assert.deepEqual(listeners[0].protocol, 'http')
  assert.deepEqual(upstreams.b.endpoints, [{ address: '10.0.0.1:9002', weight: 2 }])
  assert.deepEqual(upstreams.b.timeouts, {
    connect: '5s',
    response: '60s',
    progress: '60s',
    idle: '60s',
  })
  const again = await runSluice([write(context, printed.stdout), '--print-config'])
  assert.equal(again.stdout, printed.stdout)
})

test('the options of lb are a config without a file', async (context) => {
  const args = ['lb', '-l', '8080', '-l', 'unix:/tmp/x', '-t', 'a:1=2', '-t', '[::1]:2', '--tcp']
  const printed = await runSluice([...args, '--idle-timeout', '5m', '--print-config'])
  const spelled = {
    proxyProtocol: false,
    limits: { maxConnections: 0, maxConnectionsPerAddress: 0, maxBufferedBytes: 262_144 },
    timeouts: { handshake: '10s', write: '60s', idle: '5m' },
  }
  assert.deepEqual(parse(printed.stdout).listeners, [
    { address: '8080', protocol: 'tcp', upstream: 'default', ...spelled },
    { address: 'unix:/tmp/x', protocol: 'tcp', upstream: 'default', ...spelled },
  ])
  assert.deepEqual(parse(printed.stdout).upstreams.default.endpoints, [
    { address: 'a:1', weight: 2 },
    { address: '[::1]:2', weight: 1 },
  ])
  const file = write(context, printed.stdout)
  const verified = await runSluice([...args, '--verify'])
  const same = await runSluice([file, '--verify'])
  const graph = (text: string) => text.split('\n').slice(3).join('\n')
  assert.equal(graph(verified.stdout), graph(same.stdout))
  assert.match(verified.stdout, /^connect$/m)
})

test('all that is wrong is told at once, in the order of the file', async (context) => {
  const file = write(
    context,
    `listeners:
  - { address: 80a, upstream: b, nme: x }
upstreams:
  a: { endpoints: [1], timeouts: { idle: soon } }
`,
  )
  const { status, stdout, stderr } = await runSluice([file])
  assert.equal(stdout, '')
  const lines = stderr
    .replaceAll(/^.*\/lb\.yaml/gm, 'lb.yaml')
    .trimEnd()
    .split('\n')
  assert.deepEqual(lines, [
    'lb.yaml:2:16: listeners[0].address: expected a port, host:port, [ipv6]:port or unix:/path, found "80a"',
    'lb.yaml:2:31: listeners[0].upstream: there is no upstream "b": did you mean "a"?',
    'lb.yaml:2:34: listeners[0].nme: unknown key "nme": did you mean "name"?',
    'lb.yaml:4:42: upstreams.a.timeouts.idle: expected a duration such as 500ms, 5s or 2m, found "soon"',
    'sluice: cannot load config: lb.yaml has 4 problems',
  ])
  assert.equal(status, 1)
})

const BROKEN: readonly [title: string, text: string, message: RegExp][] = [
  [
    'an empty file',
    '',
    /lb\.yaml:1:1: expected a section with keys, found an empty file: begin with listeners/,
  ],
  ['a list', '- 1', /lb\.yaml:1:1: expected a section with keys, found a list/],
  ['a syntax error', 'a: "x', /lb\.yaml:1:4: expected " at the end of the text/],
  ['a key twice', 'a: 1\na: 2', /lb\.yaml:2:1: expected each key once, found a again after line 1/],
  [
    'aliases that grow without end',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefgh'].map((one, i) => `${one}: &${one} [${Array(9).fill(`*${'abcdefg'[i]}`).join(',')}]`).join('\n')}`,
    /lb\.yaml: Excessive alias count/,
  ],
]

for (const [title, text, message] of BROKEN) {
  test(`${title} is told in one line`, async (context) => {
    const { status, stderr } = await runSluice([write(context, text), '--verify'])
    assert.match(stderr, message)
    assert.match(stderr, /cannot load config: lb\.yaml has one problem\n$/)
    assert.equal(status, 1)
  })
}

test('what cannot be read is shown with its line', async (context) => {
  const file = write(context, 'listeners:\n\t- address: 8080\n')
  const { stderr } = await runSluice([file])
  assert.equal(
    stderr.slice(stderr.indexOf('lb.yaml')),
    `lb.yaml:2:1: expected spaces, found a tab: indent with spaces
Line 2:  \t- address: 8080
         ^
sluice: cannot load config: lb.yaml has one problem
`,
  )
})

test('JSON is taken as well', async (context) => {
  const text = JSON.stringify(parse(GOOD), null, 2)
  const { stdout } = await runSluice([write(context, text, 'lb.json'), '--verify'])
  assert.match(stdout, /Done\.\n$/)
})

test('a file that is not there, and a script that has no config', async (context) => {
  const missing = await runSluice([join(temporaryFolder(context), 'lb.yaml')])
  assert.match(
    missing.stderr,
    /^sluice: file or directory does not exist: .*lb\.yaml \(see sluice --help\)\n$/,
  )
  assert.equal(missing.status, 2)
  const script = await runSluice([write(context, 'pipy()', 'main.js'), '--print-config'])
  assert.match(script.stderr, /^sluice: a script has no config to print/)
})
