import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { curl } from '../support/curl.ts'
import { answering, caller, startGui, temporaryFiles } from '../support/start-gui.ts'

/** Status that curl gets; unlike fetch it sends any header. */
async function statusOf(...args: string[]): Promise<string> {
  return (await curl('-o', '/dev/null', '-w', '%{http_code}', ...args)).stdout
}

test('pages of other sites, and rebound names, are refused', async (context) => {
  const { url, call } = await startGui(context, { 'a.js': answering(0, 'a') })
  const start = ['-X', 'POST', '-d', '/a.js', `${url}/api/program`]
  assert.equal(await statusOf('-H', 'Origin: http://evil.example', ...start), '403')
  assert.equal(await statusOf('-H', 'Origin: null', ...start), '403')
  assert.equal(await statusOf('-H', 'Origin: http://127.0.0.1:1', ...start), '403')
  assert.equal(await statusOf('-H', 'Sec-Fetch-Site: cross-site', ...start), '403')
  assert.equal(await statusOf('-H', 'Sec-Fetch-Site: same-site', ...start), '403')
  const form = ['-H', 'Sec-Fetch-Site: cross-site', '-H', 'Sec-Fetch-Mode: navigate']
  assert.equal(await statusOf(...form, ...start), '403')
  // A verb that only reads for us is still a form's for a browser.
  assert.equal(await statusOf(...form, '-X', 'POST', `${url}/api/files`), '403')
  assert.equal(await statusOf('-H', 'Host: evil.example', `${url}/api/files`), '421')
  assert.equal(await statusOf('-H', 'Host: evil.example', `${url}/`), '421')
  assert.equal((await call('GET', '/api/program')).text, '')
  assert.equal(await statusOf('-H', `Origin: ${url}`, ...start), '201')
})

test('bound elsewhere, everything but the pages needs the token', async (context) => {
  const root = temporaryFiles(context, { 'a.js': answering(0, 'a') })
  const sluice = startSluice(context, ['--gui-port=0.0.0.0:0', root])
  const [, port] = await sluice.line(/\[gui\] Web UI on http:\/\/0\.0\.0\.0:(\d+)\/#token=\S+/)
  const [, token = ''] = await sluice.line(/#token=(\S+)/)
  const url = `http://127.0.0.1:${port}`
  const call = caller(url)
  assert.equal((await call('GET', '/')).status, 200)
  for (const path of ['/api/files', '/api/files/a.js', '/api/program', '/api/log', '/api/v1/files'])
    assert.equal((await call('GET', path)).status, 401, path)
  assert.equal((await call('POST', '/api/program', '/a.js')).status, 401)
  const bearer = { authorization: `Bearer ${token}` }
  assert.equal((await call('GET', '/api/files/a.js', undefined, bearer)).status, 200)

  const named = ['-H', `Host: ${hostname()}:${port}`]
  assert.equal(await statusOf(...named, `${url}/`), '200')
  for (const path of ['/api/log', '/api/v1/logs']) {
    const { status, text } = await call('GET', path, undefined, bearer)
    assert.equal(status, 200)
    assert.ok(!text.includes(token), path)
  }

  const stranger = (await call('GET', '/api/v1/session')).json
  assert.deepEqual([stranger.needsToken, stranger.isAuthorized], [true, false])
  assert.equal((await call('POST', '/api/v1/session', { token: 'nonsense' })).status, 401)
  const answer = await call('POST', '/api/v1/session', { token })
  assert.equal(answer.status, 204)
  const setCookie = answer.headers.get('set-cookie') ?? ''
  assert.match(setCookie, /; HttpOnly; SameSite=Strict$/)
  const cookie = { cookie: `other=1; ${setCookie.split(';')[0]}` }
  assert.equal((await call('GET', '/api/v1/session', undefined, cookie)).json.isAuthorized, true)
  assert.equal((await call('POST', '/api/program', '/a.js', cookie)).status, 201)
  const forged = { cookie: `${cookie.cookie}x` }
  assert.equal((await call('GET', '/api/files', undefined, forged)).status, 401)
})

test('--gui-readonly shows everything and changes nothing', async (context) => {
  const { call } = await startGui(context, { 'a.js': answering(0, 'a') }, ['--gui-readonly'])
  assert.equal((await call('GET', '/api/v1/session')).json.isReadonly, true)
  assert.equal((await call('GET', '/api/files/a.js')).status, 200)
  assert.equal((await call('POST', '/api/files')).status, 200)
  for (const [method, path, body] of [
    ['POST', '/api/files/a.js', 'x'],
    ['DELETE', '/api/files/a.js', undefined],
    ['POST', '/api/program', '/a.js'],
    ['DELETE', '/api/program', undefined],
    ['POST', '/api/v1/program', { path: '/a.js' }],
    ['POST', '/api/v1/folders', { path: '/b' }],
    ['POST', '/api/v1/files/move', { from: '/a.js', to: '/b.js' }],
    ['PUT', '/api/v1/workers', { count: 2 }],
    ['POST', '/api/v1/config/reload', undefined],
  ] as const) {
    const { status, json } = await call(method, path, body)
    assert.deepEqual([status, json.error], [403, 'read_only'], `${method} ${path}`)
  }
})

test('pages of other sites open no streams, and frame no answers', async (context) => {
  const { url, call } = await startGui(context, { 'a.js': answering(0, 'a') })
  const navigation = ['-H', 'Sec-Fetch-Site: cross-site', '-H', 'Sec-Fetch-Mode: navigate']
  const [frame, window] = ['iframe', 'document'].map((dest) => ['-H', `Sec-Fetch-Dest: ${dest}`])
  const events = `${url}/api/v1/events?kinds=flow`
  assert.equal(await statusOf(...navigation, ...(frame ?? []), events), '403')
  assert.equal(await statusOf(...navigation, ...(window ?? []), events), '403')
  assert.equal(await statusOf(...navigation, ...(frame ?? []), `${url}/`), '403')
  assert.equal(await statusOf(...navigation, ...(window ?? []), `${url}/`), '200')
  for (const path of ['/api/files', '/api/v1/program', '/api/v1/events', '/nonsense']) {
    const head = ['-s', '--max-time', '1', '-D', '-', '-o', '/dev/null']
    const { stdout } = await curl(...head, `${url}${path}`)
    assert.match(stdout, /content-security-policy: .*frame-ancestors 'none'/i, path)
  }
  assert.equal((await call('GET', '/api/program')).status, 200)
})

test('paths that are none are looked at like any other', async (context) => {
  const { url, call } = await startGui(context, {})
  for (const path of ['/api/files/%FF', '/%', '/api/v1/taps/%C3%28']) {
    const { status, json, headers } = await call('GET', path)
    assert.deepEqual([status, json.error], [400, 'bad_request'], path)
    assert.equal(json.message, `the path is not percent-encoded UTF-8: ${path}`)
    assert.deepEqual(Object.keys(json), ['error', 'message'])
    assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.equal(await statusOf('-H', 'Host: evil.example', `${url}${path}`), '421', path)
    assert.equal(await statusOf('-H', 'Origin: http://evil.example', `${url}${path}`), '403', path)
  }
})

test('nothing frames the pages, and they have no way out of their folder', async (context) => {
  const { call } = await startGui(context, {})
  const { status, headers } = await call('GET', '/')
  assert.equal(status, 200)
  assert.match(headers.get('content-type') ?? '', /^text\/html/)
  assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/)
  assert.equal((await call('GET', '/no/such/file.js')).status, 404)
  assert.match(String((await call('GET', '/..%2f..%2fpackage.json')).status), /^40[34]$/)
  assert.equal((await call('GET', '/api/nonsense')).status, 404)
  assert.equal((await call('GET', '/.sluice-setup')).status, 404)
  for (const path of ['//', '///', '/%', '/a%00b'])
    assert.match(String((await call('GET', path)).status), /^(200|40[034])$/, path)
})

test('what a path does not know is answered with 405', async (context) => {
  const { call } = await startGui(context, { 'a.js': answering(0, 'a') })
  for (const [method, path] of [
    ['POST', '/index.html'],
    ['DELETE', '/'],
    ['OPTIONS', '/index.html'],
    ['OPTIONS', '/api/program'],
    ['OPTIONS', '/api/files/a.js'],
    ['PUT', '/api/graph'],
    ['POST', '/api/config'],
  ] as const)
    assert.equal((await call(method, path)).status, 405, `${method} ${path}`)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  assert.equal((await call('POST', '/index.html', 'a=b', form)).status, 405)
  assert.equal((await call('OPTIONS', '/api/files')).status, 200)
  assert.equal((await call('OPTIONS', '/api/log')).status, 200)
  const headers = { 'content-type': 'nonsense; of=' }
  assert.equal((await call('POST', '/api/files/b.js', 'text', headers)).status, 201)
})
