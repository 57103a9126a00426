import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { curl } from '../support/curl.ts'
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
