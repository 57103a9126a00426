import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'

async function startLb(context: TestContext): Promise<RunningAdmin> {
  const upstream = await startRawServer(
    context,
    answering(() => response('x')),
  )
  const to = ['--to', upstream.address]
  return startAdmin(context, ['lb', '--listen', '127.0.0.1:0', ...to, '--workers', '1'])
}

test('status tells how the process is', async (context) => {
  const { url, ports, sluice } = await startLb(context)
  for (let i = 0; i < 3; i++) await curl('-o', '/dev/null', `http://127.0.0.1:${ports[0]}/`)
  const { status, stdout, stderr } = await runSluice(['status', '--admin', url])
  assert.equal(stderr, '')
  assert.equal(status, 0)
  assert.match(stdout, new RegExp(`^process +${sluice.child.pid}, lb, running, up \\d+s$`, 'm'))
  assert.match(stdout, new RegExp(`^listening +127\\.0\\.0\\.1:${ports[0]}$`, 'm'))
  assert.match(stdout, /^workers +0 Ready$/m)
  assert.match(stdout, /^requests +3, 0 in progress/m)
  const json = JSON.parse((await runSluice(['status', '--json', '--admin', url])).stdout)
  assert.equal(json.state, 'running')
  assert.equal(json.stats.total.total, 3)
})

test('top --once prints one second', async (context) => {
  const { url } = await startLb(context)
  const { status, stdout } = await runSluice(['top', '--once', '--admin', url])
  assert.equal(status, 0)
  assert.match(stdout, /^sluice \d+, running, up /)
  assert.match(stdout, /^WORKER +STATE +CPU/m)
  assert.match(stdout, /^default 127\.0\.0\.1:\d+ +0 /m)
})

test('top cuts no line that it writes into a pipe', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-top-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'lb.yaml')
  const upstream = 'u'.repeat(60)
  writeFileSync(
    file,
    `listeners: [{ address: '127.0.0.1:0', upstream: ${upstream} }]
upstreams: { ${upstream}: { endpoints: [9] } }
`,
  )
  const { url } = await startAdmin(context, [file, '--workers', '1'])
  const { stdout } = await runSluice(['top', '--once', '--admin', url])
  assert.match(stdout, /^ENDPOINT .* p99 ms$/m)
  assert.match(stdout, /^u{60} 127\.0\.0\.1:9( +\S+){7}$/m)
})

test('workers changes their number', async (context) => {
  const { url, call } = await startLb(context)
  const { status, stdout } = await runSluice(['workers', '3', '--admin', url])
  assert.equal(status, 0)
  assert.equal(stdout.trim().split('\n').length, 4)
  assert.equal((await call('GET', '/api/v1/workers')).json.count, 3)
  const wrong = await runSluice(['workers', '0', '--admin', url])
  assert.equal(wrong.status, 2)
  assert.match(wrong.stderr, /^sluice: 0: want a number of workers from 1 to 256/)
})

test('reload tells what is wrong, and when it is done', async (context) => {
  const script = temporaryScript(context, "pipy().listen(0, { host: '127.0.0.1' })")
  const { url, ports } = await startAdmin(context, [script])
  const good = await runSluice(['reload', '--admin', url])
  assert.equal(good.stdout, `Reloaded, listening on 127.0.0.1:${ports[0]}\n`)
  writeFileSync(script, 'pipy(')
  const bad = await runSluice(['reload', '--admin', url])
  assert.equal(bad.status, 1)
  assert.match(
    bad.stderr,
    /^\S+\.js:1:\d+: unexpected token\nsluice: cannot load script: \S+\.js\n$/,
  )
})

test('reload tells each problem of a config with its place', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-reload-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'lb.yaml')
  const good = `listeners: [{ address: '127.0.0.1:0', upstream: a }]
upstreams: { a: { endpoints: [9] } }
`
  writeFileSync(file, good)
  const { url } = await startAdmin(context, [file, '--workers', '1'])
  writeFileSync(file, `${good}idleTimeout: soon\ncolour: red\n`)
  const { status, stderr } = await runSluice(['reload', '--admin', url])
  assert.equal(status, 1)
  const lines = stderr.trimEnd().split('\n')
  assert.match(lines[0] ?? '', /lb\.yaml:3:14: idleTimeout: expected a duration .*, found "soon"$/)
  assert.match(lines[1] ?? '', /lb\.yaml:4:1: colour: unknown key "colour"/)
  assert.deepEqual(lines.slice(2), ['sluice: cannot load config: lb.yaml has 2 problems'])
})

test('a wrong token, or nobody there, is one line', async (context) => {
  const { url } = await startLb(context)
  const folder = mkdtempSync(join(tmpdir(), 'sluice-token-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'token')
  writeFileSync(file, 'not-the-right-token\n')
  const wrong = await runSluice(['workers', '2', '--admin', url, '--token-file', file])
  assert.equal(wrong.status, 1)
  assert.match(wrong.stderr, /^sluice: the token is needed: .*\n$/)
  const nobody = await runSluice(['status', '--admin', '127.0.0.1:9'])
  assert.equal(nobody.status, 1)
  assert.match(
    nobody.stderr,
    /^sluice: cannot reach the admin API at http:\/\/127\.0\.0\.1:9: .*\n$/,
  )
  const odd = await runSluice(['status', '--admin', 'a:b:c'])
  assert.equal(odd.status, 2)
  assert.match(odd.stderr, /^sluice: --admin a:b:c: want /)
})
