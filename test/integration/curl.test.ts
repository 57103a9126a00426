import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/temporary-script.ts'
import { curl } from './support/curl.ts'
import { startNginx } from './support/nginx.ts'
import { startLb } from './support/start-lb.ts'

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** A server that tells what it got: method, path, framing and the body's size and hash. */
async function startTeller(context: TestContext): Promise<string> {
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = []
    request.on('data', (part) => parts.push(part))
    request.on('end', () => {
      const body = Buffer.concat(parts)
      const framing = request.headers['transfer-encoding'] ?? request.headers['content-length']
      response.setHeader('X-Answer', 'yes')
      response.end(`${request.method} ${request.url} ${framing} ${body.length} ${sha(body)}`)
    })
  })
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('curl gets, posts, heads and puts', async (context) => {
  const { port } = await startLb(context, [await startTeller(context)])
  const url = `http://127.0.0.1:${port}`
  const empty = sha(Buffer.alloc(0))

  assert.equal((await curl(`${url}/a?b=c`)).stdout, `GET /a?b=c undefined 0 ${empty}`)
  assert.equal(
    (await curl('-d', 'x=1', `${url}/form`)).stdout,
    `POST /form 3 3 ${sha(Buffer.from('x=1'))}`,
  )
  assert.equal((await curl('-X', 'DELETE', `${url}/d`)).stdout, `DELETE /d undefined 0 ${empty}`)
  const head = await curl('-I', `${url}/h`)
  assert.match(head.stdout, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(head.stdout, /^X-Answer: yes\r$/m)
  assert.equal(head.status, 0)
})

test('curl uploads a large body with its length, chunked, and after 100 Continue', async (context) => {
  const { port } = await startLb(context, [await startTeller(context)])
  const file = join(temporaryFolder(context), 'body')
  const body = randomBytes(3_000_000)
  writeFileSync(file, body)
  const url = `http://127.0.0.1:${port}/u`
  const told = (framing: string): string => `PUT /u ${framing} ${body.length} ${sha(body)}`

  assert.equal((await curl('-H', 'Expect:', '-T', file, url)).stdout, told(`${body.length}`))
  const chunked = ['-H', 'Expect:', '-H', 'Transfer-Encoding: chunked', '-T', file]
  assert.equal((await curl(...chunked, url)).stdout, told('chunked'))
  const expecting = await curl('-v', '-H', 'Expect: 100-continue', '-T', file, url)
  assert.equal(expecting.stdout, told(`${body.length}`))
  assert.match(expecting.stderr, /^< HTTP\/1\.1 100 Continue/m)
})

test('curl reuses its connection', async (context) => {
  const { port } = await startLb(context, [await startTeller(context)])
  const url = `http://127.0.0.1:${port}`
  const { stdout } = await curl('-o', '/dev/null', '-w', '%{num_connects} ', ...Array(5).fill(url))
  assert.equal(stdout.trim().split(' ')[0], '1')
  const counts = await curl('-w', '%{num_connects}\n', `${url}/1`, `${url}/2`, `${url}/3`)
  assert.deepEqual(counts.stdout.match(/[01]$/gm), ['1', '0', '0'])
})

test('nginx as an upstream: files, ranges, 304, errors', async (context) => {
  const nginx = await startNginx(
    context,
    'location /gone { return 410 "gone\n"; } location /empty { return 204; }',
  )
  const body = randomBytes(2_000_000)
  writeFileSync(join(nginx.root, 'file.bin'), body)
  const { port } = await startLb(context, [nginx.address])
  const url = `http://127.0.0.1:${port}`

  assert.equal(sha(Buffer.from((await curl(`${url}/file.bin`)).stdout, 'latin1')), sha(body))
  const range = await curl('-i', '-r', '10-19', `${url}/file.bin`)
  assert.match(range.stdout, /^HTTP\/1\.1 206 Partial Content\r\n/)
  assert.ok(range.stdout.endsWith(body.subarray(10, 20).toString('latin1')))
  assert.match((await curl('-I', `${url}/file.bin`)).stdout, /^Content-Length: 2000000\r$/m)
  const etag = /^ETag: (.*)\r$/m.exec((await curl('-I', `${url}/file.bin`)).stdout)?.[1] ?? ''
  const fresh = await curl('-i', '-H', `If-None-Match: ${etag}`, `${url}/file.bin`, `${url}/gone`)
  assert.match(fresh.stdout, /^HTTP\/1\.1 304 Not Modified\r\n[\s\S]*HTTP\/1\.1 410 Gone\r\n/)
  const both = await curl('-i', `${url}/empty`, `${url}/missing`)
  assert.match(both.stdout, /^HTTP\/1\.1 204 No Content\r\n[\s\S]*HTTP\/1\.1 404 Not Found\r\n/)
})
