import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice, startSluice } from '../../support/sluice-process.ts'
import { curl } from '../support/curl.ts'
import { startAdmin } from '../support/start-admin.ts'

const LB = ['lb', '--listen', '127.0.0.1:0', '--to', '127.0.0.1:1', '--workers', '1']

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-admin-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Status that curl gets; unlike fetch it sends any header. */
async function statusOf(...args: string[]): Promise<string> {
  return (await curl('-o', '/dev/null', '-w', '%{http_code}', ...args)).stdout
}

test('on loopback everybody reads, and changes need the token', async (context) => {
  const { url, token, call } = await startAdmin(context, LB)
  const workers = `${url}/api/v1/workers`
  assert.equal(await statusOf(workers), '200')
  const put = ['-X', 'PUT', '-H', 'Content-Type: application/json', '-d', '{"count":2}', workers]
  assert.equal(await statusOf(...put), '401')
  assert.equal(await statusOf('-H', 'Authorization: Bearer nonsense', ...put), '401')
  assert.equal((await call('GET', '/api/v1/workers')).json.count, 1)
  assert.equal(await statusOf('-H', `Authorization: Bearer ${token}`, ...put), '200')
  assert.equal((await call('GET', '/api/v1/workers')).json.count, 2)
})

test('bound elsewhere, reads need the token too, and health checks do not', async (context) => {
  const sluice = startSluice(context, [...LB, '--admin', '0.0.0.0:0'])
  const [, port] = await sluice.line(/\[admin\] API on http:\/\/0\.0\.0\.0:(\d+)/)
  const [, file = ''] = await sluice.line(/token in (\S+)/)
  const { token } = JSON.parse(readFileSync(file, 'utf8'))
  const url = `http://127.0.0.1:${port}`
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.equal(await statusOf(`${url}/api/v1/status`), '401')
  assert.equal(
    await statusOf('-H', `Authorization: Bearer ${token}`, `${url}/api/v1/status`),
    '200',
  )
  assert.equal(await statusOf(`${url}/healthz`), '200')
  assert.equal(await statusOf(`${url}/readyz`), '200')
})

test('names that may be rebound, and pages of other sites, are refused', async (context) => {
  const { url, token } = await startAdmin(context, LB)
  const status = `${url}/api/v1/status`
  assert.equal(await statusOf('-H', 'Host: evil.example', status), '421')
  assert.equal(await statusOf('-H', 'Origin: http://evil.example', status), '403')
  assert.equal(await statusOf('-H', 'Sec-Fetch-Site: cross-site', status), '403')
  const reload = [
    '-X',
    'POST',
    '-H',
    `Authorization: Bearer ${token}`,
    `${url}/api/v1/config/reload`,
  ]
  assert.equal(await statusOf('-H', 'Origin: null', ...reload), '403')
})

test('paths that are none are looked at like any other', async (context) => {
  const sluice = startSluice(context, [...LB, '--admin', '0.0.0.0:0'])
  const [, port] = await sluice.line(/\[admin\] API on http:\/\/0\.0\.0\.0:(\d+)/)
  const [, file = ''] = await sluice.line(/token in (\S+)/)
  const bearer = ['-H', `Authorization: Bearer ${JSON.parse(readFileSync(file, 'utf8')).token}`]
  const url = `http://127.0.0.1:${port}/api/v1/%FF`
  assert.equal(await statusOf(url), '401')
  assert.equal(await statusOf(...bearer, url), '400')
  assert.equal(await statusOf(...bearer, '-H', 'Host: evil.example', url), '421')
  const { stdout } = await curl('-i', ...bearer, url)
  assert.match(stdout, /^content-security-policy: default-src 'none'/im)
  assert.match(stdout, /\{"error":"bad_request","message":"the path is not percent-encoded/)
})

test('a part of a path that is too long is refused in words', async (context) => {
  const { call } = await startAdmin(context, LB)
  const path = `/api/v1/upstreams/${'x'.repeat(501)}/endpoints/a`
  const { status, json, headers } = await call('PATCH', path, { weight: 1 })
  assert.equal(status, 414)
  assert.match(json.message, /^a part of the path is longer than 500 characters: /)
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
})

test('other bodies than JSON are refused', async (context) => {
  const { url, call } = await startAdmin(context, LB)
  const form = { 'content-type': 'text/plain' }
  assert.equal((await call('PUT', '/api/v1/workers', { count: 2 }, form)).status, 415)
  assert.equal((await call('PUT', '/api/v1/workers', { count: 0 })).status, 400)
  const text = await call('PUT', '/api/v1/workers', { count: '2' })
  assert.equal(text.status, 400)
  assert.equal(text.json.message, 'body/count must be integer, found "2"')
  const { status, json } = await call('PUT', '/api/v1/workers', { count: 1, extra: 1 })
  assert.equal(status, 400)
  assert.match(json.message, /additional properties/)
  assert.equal(await statusOf(`${url}/api/v1/nonsense`), '404')
})

test('a token file is made once, for its owner only, and used again', async (context) => {
  const file = join(temporaryFolder(context), 'token')
  const first = await startAdmin(context, [...LB, '--admin-token-file', file])
  assert.equal(statSync(file).mode & 0o777, 0o600)
  await first.sluice.kill()
  const second = await startAdmin(context, [...LB, '--admin-token-file', file])
  assert.equal(second.token, first.token)
  assert.equal((await second.call('PUT', '/api/v1/workers', { count: 1 })).status, 200)
})

test('what keeps the API from starting ends the process with one line', async (context) => {
  const folder = temporaryFolder(context)
  const file = join(folder, 'token')
  writeFileSync(file, 'short\n')
  chmodSync(file, 0o600)
  const admin = ['--admin', '0', '--admin-token-file', file]
  const short = await runSluice([...LB, ...admin])
  assert.equal(short.status, 1)
  assert.match(short.stderr, /^sluice: token file .*: want one line of at least 16 characters.*\n$/)
  // Nothing has listened before.
  assert.doesNotMatch(short.stdout, /Listening/)
  const verified = await runSluice([...LB, ...admin, '--verify'])
  assert.equal(verified.status, 1)
  assert.equal(verified.stderr, short.stderr)
  const directory = await runSluice([...LB, '--admin', '0', '--admin-token-file', folder])
  assert.match(directory.stderr, /^sluice: token file .*: is a folder\n$/)

  const { url } = await startAdmin(context, LB)
  const taken = await runSluice([...LB, '--admin', new URL(url).host])
  assert.equal(taken.status, 1)
  assert.match(taken.stderr, /^sluice: cannot listen on http:.* for the admin API: EADDRINUSE\n$/)
})
