import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import {
  checkGrowth,
  eventually,
  openFiles,
  peakResidentBytes,
  residentBytes,
} from '../support/process-facts.ts'
import { startConfig } from '../support/start-config.ts'
import { startScript } from '../support/start-script.ts'

type Route = NonNullable<ConfigInput['routes']>[number]

/** A folder to serve, with another beside it that nobody may see. */
function website(context: TestContext): string {
  const folder = temporaryFolder(context)
  const root = join(folder, 'www')
  mkdirSync(join(root, 'docs'), { recursive: true })
  mkdirSync(join(root, 'empty'))
  mkdirSync(join(root, '.git'))
  mkdirSync(join(folder, 'www-private'))
  writeFileSync(join(root, 'index.html'), '<p>home</p>')
  writeFileSync(join(root, 'docs/index.html'), '<p>docs</p>')
  writeFileSync(join(root, 'docs/a b.txt'), '0123456789')
  writeFileSync(join(root, '.git/config'), 'secret')
  writeFileSync(join(root, 'app.js'), 'x'.repeat(1000))
  writeFileSync(join(root, 'none'), '')
  writeFileSync(join(folder, 'www-private/secret'), 'secret')
  symlinkSync('../www-private/secret', join(root, 'leak'))
  symlinkSync('../www-private', join(root, 'leaks'))
  symlinkSync('docs/index.html', join(root, 'inner'))
  symlinkSync('loop', join(root, 'loop'))
  return root
}

async function start(context: TestContext, route: Partial<Route>, root = website(context)) {
  const { ports, sluice } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ ...route, files: { root, ...route.files } }],
  })
  const [port = 0] = ports
  const get = async (path: string, ...options: string[]): Promise<string> => {
    const url = `http://127.0.0.1:${port}${path}`
    return (await curl('--path-as-is', ...options, url)).stdout
  }
  const status = (path: string, ...options: string[]): Promise<string> =>
    get(path, '-o', '/dev/null', '-w', '%{http_code}', ...options)
  return { get, status, port, root, pid: sluice.child.pid }
}

test('files, folders with an index, and what is not there', async (context) => {
  const { get, status } = await start(context, {})
  assert.equal(await get('/'), '<p>home</p>')
  assert.equal(await get('/docs/?x=1'), '<p>docs</p>')
  assert.equal(await get('/docs/a%20b.txt'), '0123456789')
  assert.equal(await get('/none'), '')
  assert.equal(await get('/inner'), '<p>docs</p>', 'a link within')
  const where = ['-o', '/dev/null', '-w', '%{http_code} %{redirect_url}']
  assert.match(await get('/docs', ...where), /^301 http:\/\/127\.0\.0\.1:\d+\/docs\/$/)
  assert.match(await get('/docs?a=1&b', ...where), /^301 http:\S+\/docs\/\?a=1&b$/)
  for (const path of ['/empty/', '/nothing', '/docs/nothing/', '/app.js/', '/loop']) {
    assert.equal(await status(path), '404', path)
  }
  assert.equal(await status(`/${'a'.repeat(300)}`), '404', 'a name that is too long')
})

test('a folder without a slash leads to the path that the client knows', async (context) => {
  const where = ['-o', '/dev/null', '-w', '%{http_code} %header{location}']
  const { get } = await start(context, {})
  assert.equal(await get('/docs?x=1&y', ...where), '301 ./docs/?x=1&y', 'with its query')
  const moved = await start(context, {
    match: { path: { prefix: '/manual' } },
    rewrite: { prefix: '/docs' },
  })
  assert.equal(await moved.get('/manual?x', ...where), '301 ./manual/?x')
  assert.equal(await moved.get('/manual/'), '<p>docs</p>')
  const whole = await start(context, {
    match: { path: { exact: '/manual/' } },
    rewrite: { to: '/docs' },
  })
  assert.equal(await whole.get('/manual/'), '<p>docs</p>', 'it has a slash')
})

test('nothing outside of the root', async (context) => {
  const { status } = await start(context, {})
  for (const path of [
    '/leak',
    '/leaks/',
    '/leaks/secret',
    '/../www-private/secret',
    '/..%2fwww-private/secret',
    '/%2e%2e/www-private/secret',
    '/docs/..%5c..%5cwww-private',
    '/app.js%00.html',
    '/docs%2findex.html',
    '/.git/config',
    '//etc/passwd',
  ]) {
    assert.equal(await status(path), '404', path)
  }
})

test('heads tell what caches and browsers need', async (context) => {
  const root = website(context)
  const time = new Date('2024-02-29T12:00:00Z')
  utimesSync(join(root, 'app.js'), time, time)
  const { port } = await start(context, { files: { root, cacheControl: 'max-age=60' } }, root)
  const client = await connectRaw(context, port)
  const ask = async (method: string, ...lines: string[]) => {
    const head = [`${method} /app.js HTTP/1.1`, 'Host: a', ...lines]
    client.write(`${head.join('\r\n')}\r\n\r\n`)
    return client.message({ isHead: method === 'HEAD' })
  }
  const whole = await ask('GET')
  assert.equal(whole.body.length, 1000)
  const etag = whole.field('etag') ?? ''
  assert.match(etag, /^"[0-9a-z]+-[0-9a-z]+"$/)
  assert.equal(whole.field('last-modified'), 'Thu, 29 Feb 2024 12:00:00 GMT')
  assert.equal(whole.field('content-type'), 'text/javascript; charset=utf-8')
  assert.equal(whole.field('cache-control'), 'max-age=60')
  assert.equal(whole.field('content-length'), '1000')
  assert.ok(whole.field('date'))
  const head = await ask('HEAD')
  assert.deepEqual([head.status, head.field('content-length'), head.body], [200, '1000', ''])
  const same = await ask('GET', `If-None-Match: ${etag}`)
  assert.deepEqual([same.status, same.field('etag'), same.body], [304, etag, ''])
  const unchanged = await ask('GET', 'If-Modified-Since: Thu, 29 Feb 2024 12:00:00 GMT')
  assert.equal(unchanged.status, 304)
  assert.equal((await ask('GET', 'If-Match: "other"')).status, 412)
  const part = await ask('GET', 'Range: bytes=990-')
  assert.deepEqual([part.status, part.field('content-range')], [206, 'bytes 990-999/1000'])
  assert.equal(part.body, 'x'.repeat(10))
  const beyond = await ask('GET', 'Range: bytes=1000-')
  assert.deepEqual([beyond.status, beyond.field('content-range')], [416, 'bytes */1000'])
  assert.equal((await ask('GET', 'Range: bytes=0-1,4-5')).status, 200)
  const wrong = await ask('POST', 'Content-Length: 0')
  assert.deepEqual([wrong.status, wrong.field('allow')], [405, 'GET, HEAD'])
})

test('a file that changes is served as it is, a second later at most', async (context) => {
  const { get, root } = await start(context, {})
  const file = join(root, 'app.js')
  assert.equal((await get('/app.js')).length, 1000)
  writeFileSync(join(root, 'new.js'), 'new')
  renameSync(join(root, 'new.js'), file)
  let last = ''
  while (last !== 'new') last = await get('/app.js')
  renameSync(file, join(root, 'gone.js'))
  const status = ['-o', '/dev/null', '-w', '%{http_code}']
  while (last !== '404') last = await get('/app.js', ...status)
})

test('compressed files are served in place of others', async (context) => {
  const root = website(context)
  const text = 'x'.repeat(1000)
  writeFileSync(join(root, 'app.js.br'), brotliCompressSync(text))
  writeFileSync(join(root, 'app.js.gz'), gzipSync(text))
  writeFileSync(join(root, 'index.html.gz'), gzipSync('<p>home</p>'))
  const { get } = await start(context, { files: { root, precompressed: true } }, root)
  const facts = [
    '--compressed',
    '-w',
    ' %header{content-encoding} %header{content-type} %header{vary}',
  ]
  const script = 'text/javascript; charset=utf-8 Accept-Encoding'
  const accept = (value: string) => [...facts, '-H', `Accept-Encoding: ${value}`]
  assert.equal(await get('/app.js', ...accept('gzip, br')), `${text} br ${script}`)
  assert.equal(await get('/app.js', ...accept('gzip, br;q=0.1')), `${text} gzip ${script}`)
  assert.equal(await get('/app.js', ...accept('identity')), `${text}  ${script}`)
  const html = 'text/html; charset=utf-8 Accept-Encoding'
  assert.equal(await get('/', ...accept('br, gzip')), `<p>home</p> gzip ${html}`)
})

test('an application has one file for all of its own paths', async (context) => {
  const root = website(context)
  const { get, status } = await start(context, { files: { root, fallback: '/index.html' } }, root)
  assert.equal(await get('/users/7'), '<p>home</p>')
  assert.equal(await get('/docs/'), '<p>docs</p>')
  assert.equal(await status('/leak'), '200', 'what is not to be seen is not there')
})

test('a rewrite strips what the path has more than the folder', async (context) => {
  const { get } = await start(context, {
    match: { path: { prefix: '/static' } },
    rewrite: { prefix: '/' },
    compress: { minimumSize: 100 },
    responseHeaders: { set: { 'x-a': 'b' } },
  })
  assert.equal(await get('/static/docs/a%20b.txt'), '0123456789')
  const where = ['-o', '/dev/null', '-w', '%{redirect_url} %header{x-a}']
  assert.match(await get('/static/docs', ...where), /:\d+\/static\/docs\/ b$/)
  const packed = ['--compressed', '-w', ' %header{content-encoding}']
  assert.equal(await get('/static/app.js', ...packed), `${'x'.repeat(1000)} br`)
})

test('a root is relative to the folder of its config', async (context) => {
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ files: { root: '.', index: ['none', 'lb.yaml'] } }],
  })
  assert.match((await curl(`http://127.0.0.1:${ports[0]}/`)).stdout, /root: \./)
})

test('a script serves files, also to requests that come in a row', async (context) => {
  const root = website(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .serveFiles(${JSON.stringify(root)}, { cacheControl: 'no-cache' })
      .encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  const paths = ['/', '/app.js', '/nothing', '/docs/']
  client.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''))
  const sizes: number[] = []
  for (const _ of paths) sizes.push((await client.message()).body.length)
  assert.deepEqual(sizes, [11, 1000, 0, 11])
})

const LARGE = 200 << 20

test('a large file passes in little memory, and leaves no descriptor', async (context) => {
  const root = website(context)
  writeFileSync(join(root, 'large'), Buffer.alloc(LARGE, 'x'))
  const { get, port, pid } = await start(context, {}, root)
  await get('/')
  const files = openFiles(pid)
  const before = residentBytes(pid)
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket, 'readable')
  // What it does not read in a while has to wait outside of the process.
  await new Promise((resolve) => setTimeout(resolve, 300))
  let size = 0
  for await (const piece of socket) size += (piece as Buffer).length
  assert.ok(size > LARGE && size < LARGE + 1000, `${size} bytes`)
  const growth = peakResidentBytes(pid) - before
  checkGrowth(context, growth, 64 << 20)
  for (let i = 0; i < 20; i++) {
    const leaving = connect(port, '127.0.0.1')
    leaving.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    await once(leaving, 'readable')
    leaving.resetAndDestroy()
  }
  await eventually(
    () => openFiles(pid) <= files,
    () => `${openFiles(pid)} descriptors instead of ${files}`,
  )
})
