import assert from 'node:assert/strict'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FileChange } from '../../../src/admin/gui/contract.ts'
import { curl } from '../support/curl.ts'
import { eventsOf } from '../support/events-of.ts'
import { startGui, temporaryFiles } from '../support/start-gui.ts'

test('files are made, changed, moved and removed', async (context) => {
  const { call, root } = await startGui(context, { 'a.js': 'pipy()', 'data.json': '{"a":1}' })
  assert.equal((await call('POST', '/api/files/new/b.js', 'x')).status, 404)
  assert.equal((await call('POST', '/api/v1/folders', { path: '/new' })).status, 201)
  assert.equal((await call('POST', '/api/v1/folders', { path: '/new' })).status, 409)
  assert.equal((await call('POST', '/api/v1/folders', { path: '/no/new' })).status, 404)
  assert.equal((await call('POST', '/api/files/new/b%20c.js', 'x')).status, 201)
  assert.equal(readFileSync(join(root, 'new/b c.js'), 'utf8'), 'x')
  assert.equal((await call('POST', '/api/files/new/b%20c.js')).status, 201)
  assert.equal(readFileSync(join(root, 'new/b c.js'), 'utf8'), '')
  const move = { from: '/new/b c.js', to: '/lb.yaml' }
  assert.equal((await call('POST', '/api/v1/files/move', move)).status, 204)
  assert.equal((await call('POST', '/api/v1/files/move', move)).status, 404)
  const taken = { from: '/a.js', to: '/lb.yaml' }
  assert.equal((await call('POST', '/api/v1/files/move', taken)).status, 409)
  const { json } = await call('GET', '/api/v1/files')
  assert.deepEqual(
    json.entries.map((one: { path: string; kind?: string }) => [one.path, one.kind ?? 'directory']),
    [
      ['/a.js', 'script'],
      ['/data.json', 'other'],
      ['/lb.yaml', 'config'],
      ['/new', 'directory'],
    ],
  )
  assert.equal(json.isTruncated, false)
  const onlyNew = { 'if-none-match': '*' }
  assert.equal((await call('POST', '/api/files/lb.yaml', 'y', onlyNew)).status, 412)
  assert.equal((await call('POST', '/api/files/c.yaml', 'y', onlyNew)).status, 201)
  assert.equal((await call('DELETE', '/api/files/lb.yaml')).status, 204)
  assert.equal((await call('DELETE', '/api/files/lb.yaml')).status, 404)
  writeFileSync(join(root, 'new/x'), '')
  assert.equal((await call('DELETE', '/api/files/new')).status, 409)
  assert.equal((await call('DELETE', '/api/files/new?recursive=true')).status, 204)
  assert.equal(existsSync(join(root, 'new')), false)
  assert.equal((await call('PUT', '/api/files/a.js', 'x')).status, 405)
  assert.equal((await call('PUT', '/api/program', 'x')).status, 405)
})

test('a file that somebody else has changed is not overwritten', async (context) => {
  const { call, root } = await startGui(context, { 'a.js': 'one' })
  const tag = (await call('GET', '/api/files/a.js')).headers.get('etag') ?? ''
  writeFileSync(join(root, 'a.js'), 'two')
  const refused = await call('POST', '/api/files/a.js', 'three', { 'if-match': tag })
  assert.equal(refused.status, 412)
  const now = (await call('GET', '/api/files/a.js')).headers.get('etag') ?? ''
  const written = await call('POST', '/api/files/a.js', 'three', { 'if-match': now })
  assert.equal(written.status, 201)
  assert.equal(
    written.headers.get('etag'),
    (await call('GET', '/api/files/a.js')).headers.get('etag'),
  )
})

test('a file that somebody else has changed is not removed', async (context) => {
  const { call, root } = await startGui(context, { 'a.js': 'one', 'folder/b.js': '' })
  const remove = async (path: string, tag: string) =>
    (await call('DELETE', `/api/files/${path}`, undefined, { 'if-match': tag })).status
  const tag = (await call('GET', '/api/files/a.js')).headers.get('etag') ?? ''
  writeFileSync(join(root, 'a.js'), 'two')
  assert.equal(await remove('a.js', tag), 412)
  assert.equal(await remove('none.js', '*'), 404)
  assert.equal(await remove('folder?recursive=true', tag), 412)
  assert.equal(await remove('folder?recursive=true', '*'), 412)
  assert.equal(existsSync(join(root, 'folder/b.js')), true)
  const now = (await call('GET', '/api/files/a.js')).headers.get('etag') ?? ''
  assert.equal(await remove('a.js', now), 204)
  assert.equal(existsSync(join(root, 'a.js')), false)
})

test('conditions on a file are those of HTTP', async (context) => {
  const { call } = await startGui(context, { 'a.js': 'one' })
  const tag = (await call('GET', '/api/files/a.js')).headers.get('etag') ?? ''
  const write = async (path: string, headers: Record<string, string>): Promise<number> =>
    (await call('POST', `/api/files/${path}`, 'one', headers)).status
  assert.equal(await write('a.js', { 'if-match': '*' }), 201)
  assert.equal(await write('none.js', { 'if-match': '*' }), 412)
  assert.equal(await write('a.js', { 'if-match': `"other, one", ${tag}` }), 201)
  assert.equal(await write('a.js', { 'if-match': '"other"' }), 412)
  assert.equal(await write('a.js', { 'if-match': `W/${tag}` }), 412)
  assert.equal(await write('a.js', { 'if-match': 'nonsense' }), 412)
  assert.equal(await write('a.js', { 'if-none-match': `"other", W/${tag}` }), 412)
  assert.equal(await write('a.js', { 'if-none-match': '"other"' }), 201)
  assert.equal((await call('GET', '/api/files')).text, '{"a.js":""}')
})

test('what a client asks for in vain is its own fault, and told without paths of the machine', async (context) => {
  const { call, root } = await startGui(context, { 'a.js': 'one', 'folder/b.js': 'two' })
  const long = 'n'.repeat(300)
  const move = (from: string, to: string) => ['POST', '/api/v1/files/move', { from, to }] as const
  const make = (path: string) => ['POST', '/api/v1/folders', { path }] as const
  const inFile = /a part of its path is a file/
  const tooLong = /names have at most 255 bytes, whole paths 4095, found \/?n/
  const cases = [
    ['POST', '/api/files/a.js/x', 'text', 404, inFile],
    ['POST', '/api/files/a.js/x/y', 'text', 404, /no such folder: a\.js\/x$/],
    ['GET', '/api/files/a.js/x', undefined, 404, /no such file: a\.js\/x$/],
    ['DELETE', '/api/files/a.js/x', undefined, 404, /no such file: a\.js\/x$/],
    [...make('/a.js/x'), 404, inFile],
    [...make('/none/x'), 404, /no such folder: \/none$/],
    [...move('/folder', '/a.js/x'), 404, inFile],
    [
      ...move('/folder', '/folder/in-itself'),
      409,
      /cannot move \/folder to .* cannot lie in itself$/,
    ],
    ['POST', '/api/files/folder', 'text', 404, /it is a folder$/],
    ['DELETE', '/api/files/folder', undefined, 409, /it is not empty$/],
    ['GET', `/api/files/${long}`, undefined, 400, tooLong],
    ['POST', `/api/files/${long}`, 'text', 400, tooLong],
    ['DELETE', `/api/files/${long}`, undefined, 400, tooLong],
    ['POST', `/api/files/${'%F0%9F%90%8C'.repeat(64)}`, 'text', 400, /at most 255 bytes/],
    ['POST', `/api/files/${'d/'.repeat(2040)}x`, 'text', 400, /whole paths 4095/],
    [...make(`/${long}`), 400, tooLong],
    [...move('/a.js', `/${long}`), 400, tooLong],
    ['POST', '/api/v1/program', { path: `/${long}` }, 400, tooLong],
    // A slash at the end makes a path that of a folder.
    ['GET', '/api/files/a.js/', undefined, 404, /no such file: a\.js\/$/],
    ['GET', '/api/files/a.js%2F', undefined, 404, /no such file: a\.js\/$/],
    ['POST', '/api/files/a.js/', 'text', 404, /no such file: a\.js\/$/],
    ['POST', '/api/files/new/', 'text', 404, /no such file: new\/$/],
    ['DELETE', '/api/files/a.js/', undefined, 404, /no such file: a\.js\/$/],
    [...move('/a.js/', '/b.js'), 404, /no such file: \/a\.js\/$/],
    [...move('/a.js', '/b.js/'), 404, /no such file: \/b\.js\/$/],
    ['POST', '/api/v1/program', { path: '/a.js/' }, 404, /no such file: \/a\.js\/$/],
    // The root is no file, and is not theirs.
    ['GET', '/api/files/', undefined, 404, /the path is empty/],
    ['POST', '/api/files/', 'text', 400, /root folder/],
    ['DELETE', '/api/files/?recursive=true', undefined, 400, /root folder/],
    [...make('/'), 400, /root folder/],
    [...move('/', '/folder/root'), 400, /root folder/],
    ['POST', '/api/v1/program', { path: '' }, 404, /the path is empty/],
    ['POST', '/api/v1/program', { path: '/' }, 404, /no such file: \/$/],
    ['POST', '/api/v1/program', { path: '/folder' }, 404, /no such file: \/folder$/],
    // Whatever is wrong with its path, a program is answered as Pipy does.
    ['POST', '/api/program', '', 400, /the path is empty/],
    ['POST', '/api/program', '/', 400, /no such file: \/$/],
    ['POST', '/api/program', '/folder', 400, /no such file: \/folder$/],
  ] as const
  for (const [method, path, body, status, message] of cases) {
    const answer = await call(method, path, body)
    const what = `${method} ${path} ${JSON.stringify(body)}: ${answer.text}`
    assert.equal(answer.status, status, what)
    assert.match(answer.json.message, message, what)
    assert.ok(!answer.text.includes(root), what)
  }
  assert.deepEqual(readdirSync(root), ['a.js', 'folder'])
  assert.equal(readFileSync(join(root, 'a.js'), 'utf8'), 'one')
  assert.equal((await call('DELETE', '/api/files/folder/?recursive=true')).status, 204)
  assert.equal((await call('POST', '/api/v1/folders', { path: '/new/' })).status, 201)
})

test('links that lead out are told of no more than they are listed', async (context) => {
  const outside = temporaryFiles(context, { 'secret.txt': 'secret', 'sub/x.txt': 'secret' })
  const { root, url } = await startGui(context, { 'a.js': 'pipy()', '.hidden/x': 'secret' })
  const lead = (name: string, to: string): void => symlinkSync(to, join(root, name))
  lead('out-before.txt', join(outside, 'secret.txt'))
  lead('folder-before', outside)
  lead('hidden-before', join(root, '.hidden/x'))
  const told: string[] = []
  const stream = eventsOf(url, 'files')
  const until = async (path: string): Promise<void> => {
    while (!told.includes(`added ${path}`)) {
      const { value } = await stream.next()
      const change = value?.data as FileChange
      told.push(`${change.change} ${change.path}`)
    }
  }
  // The watcher says nothing when it begins.
  let count = 0
  const nudge = setInterval(() => writeFileSync(join(root, `begin-${++count}`), ''), 100)
  const { value } = await stream.next()
  clearInterval(nudge)
  assert.match(JSON.stringify(value?.data), /begin-/)

  lead('out-after.txt', join(outside, 'secret.txt'))
  lead('folder-after', join(outside, 'sub'))
  lead('hidden-after', join(root, '.hidden/x'))
  lead('inside.js', join(root, 'a.js'))
  writeFileSync(join(root, 'between'), '')
  await until('/between')
  for (const name of ['out-before.txt', 'folder-before', 'out-after.txt', 'folder-after'])
    rmSync(join(root, name))
  writeFileSync(join(root, 'end'), '')
  await until('/end')
  writeFileSync(join(root, 'after-the-end'), '')
  await until('/after-the-end')
  await stream.return(undefined)
  assert.ok(told.includes('added /inside.js'), String(told))
  assert.deepEqual(
    told.filter((one) => /out-|folder-|hidden-/.test(one)),
    [],
  )
})

test('nothing outside of the root exists, whatever leads there', async (context) => {
  const outside = temporaryFiles(context, { 'secret.txt': 'secret', 'sub/x.txt': 'secret' })
  const { call, root, url } = await startGui(context, {
    'a.js': 'pipy()',
    '.hidden/x': 'secret',
    'node_modules/x': 'secret',
  })
  symlinkSync(join(outside, 'secret.txt'), join(root, 'link.txt'))
  symlinkSync(outside, join(root, 'folder'))
  symlinkSync(join(outside, 'new.txt'), join(root, 'dangling.txt'))
  symlinkSync(join(root, '.hidden/x'), join(root, 'shown'))
  symlinkSync(join(root, 'a.js'), join(root, 'inside.js'))
  mkdirSync(join(root, 'deep'))
  const name = outside.split('/').at(-1)
  const paths = [
    `/api/files/../${name}/secret.txt`,
    `/api/files/%2e%2e/${name}/secret.txt`,
    `/api/files/%2e%2e%2f${name}%2fsecret.txt`,
    `/api/files/deep/..%2f..%2f${name}/secret.txt`,
    `/api/files/%252e%252e/${name}/secret.txt`,
    `/api/files/${outside}/secret.txt`,
    '/api/files//etc/passwd',
    '/api/files/link.txt',
    '/api/files/folder/secret.txt',
    '/api/files/folder/sub/x.txt',
    '/api/files/dangling.txt',
    '/api/files/shown',
    '/api/files/.hidden/x',
    '/api/files/node_modules/x',
    '/api/files/a.js%00.txt',
    '/api/files/deep',
  ]
  for (const path of paths) {
    for (const args of [[], ['-X', 'POST', '-d', 'overwritten']]) {
      const format = ['-o', '/dev/null', '-w', '%{http_code}', '--path-as-is']
      const { stdout } = await curl(...format, ...args, `${url}${path}`)
      assert.equal(stdout, '404', `${path} ${args}`)
    }
  }
  assert.equal(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'secret')
  assert.equal(existsSync(join(outside, 'new.txt')), false)
  for (const path of ['/folder/secret.txt', '/link.txt', `/../${name}/secret.txt`]) {
    assert.equal((await call('POST', '/api/v1/program', { path })).status, 404)
    const move = { from: path, to: '/mine.txt' }
    if (path !== '/link.txt')
      assert.equal((await call('POST', '/api/v1/files/move', move)).status, 404, path)
  }
  const away = { from: '/a.js', to: '/folder/a.js' }
  assert.equal((await call('POST', '/api/v1/files/move', away)).status, 404)
  assert.equal((await call('DELETE', '/api/files/folder/secret.txt')).status, 404)
  // A link inside may be removed, and is no more than a link.
  assert.equal((await call('DELETE', '/api/files/folder?recursive=true')).status, 204)
  assert.equal(readFileSync(join(outside, 'secret.txt'), 'utf8'), 'secret')
  assert.equal((await call('GET', '/api/files/inside.js')).text, 'pipy()')
  assert.deepEqual((await call('GET', '/api/files')).json, {
    'a.js': '',
    'inside.js': '',
    deep: {},
  })
})
