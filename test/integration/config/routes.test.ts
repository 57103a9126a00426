import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'

/** A server that answers its name and the request line. */
function named(context: TestContext, name: string): Promise<RawServer> {
  return startRawServer(
    context,
    answering((startLine) =>
      response(`${name} ${startLine}`, 'X-Server: upstream', 'X-Name: a', 'X-Name: b'),
    ),
  )
}

type Routes = NonNullable<ConfigInput['routes']>

/** Starts routes over the upstreams a, b and c; gives a function that asks and returns the answer. */
async function start(context: TestContext, routes: Routes) {
  const servers = {
    a: await named(context, 'a'),
    b: await named(context, 'b'),
    c: await named(context, 'c'),
  }
  const upstreams = Object.fromEntries(
    Object.entries(servers).map(([name, { address }]) => [name, { endpoints: [address] }]),
  )
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', routes }],
    upstreams,
  })
  const base = `http://127.0.0.1:${ports[0]}`
  const get = async (path: string, ...options: string[]): Promise<string> => {
    return (await curl('--path-as-is', ...options, `${base}${path}`)).stdout
  }
  return { get, port: ports[0] as number }
}

test('routes choose by host, path, method, header and query', async (context) => {
  const { get } = await start(context, [
    { match: { host: 'a.test' }, upstream: 'a' },
    { match: { host: '*.b.test', path: { prefix: '/api' } }, upstream: 'b' },
    { match: { path: { exact: '/c' }, method: ['PUT', 'POST'] }, upstream: 'c' },
    { match: { path: { regex: '^/v[0-9]+$' } }, upstream: 'a' },
    { match: { headers: { 'X-Canary': { prefix: 'y' } } }, upstream: 'b' },
    { match: { query: { user: { regex: '^[0-9]+$' } } }, upstream: 'c' },
    { match: { path: { prefix: '/admin' } }, respond: { status: 403 } },
  ])
  assert.equal(await get('/x?y', '-H', 'Host: A.test:80'), 'a GET /x?y HTTP/1.1')
  assert.equal(await get('/api/z', '-H', 'Host: x.y.b.test'), 'b GET /api/z HTTP/1.1')
  assert.equal(await get('/c', '-d', 'x=1'), 'c POST /c HTTP/1.1')
  assert.equal(await get('/v12'), 'a GET /v12 HTTP/1.1')
  assert.equal(await get('/', '-H', 'x-canary: yes'), 'b GET / HTTP/1.1')
  assert.equal(await get('/?a=1&user=%31%32'), 'c GET /?a=1&user=%31%32 HTTP/1.1')
  const status = ['-o', '/dev/null', '-w', '%{http_code}']
  assert.equal(await get('/nothing', ...status), '404')
  assert.equal(await get('/x/..//%61dmin/', ...status), '403', 'another spelling is the same path')
})

test('a request that no route takes leaves its connection usable', async (context) => {
  const { port } = await start(context, [{ match: { path: { exact: '/a' } }, upstream: 'a' }])
  const client = await connectRaw(context, port)
  client.write('POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n12345')
  assert.match((await client.message()).startLine, /^HTTP\/1\.1 404 /)
  client.write('GET /a HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await client.message()).body, 'a GET /a HTTP/1.1')
})

test('splits share requests by weight', async (context) => {
  const { get } = await start(context, [
    {
      split: [
        { upstream: 'a', weight: 3 },
        { upstream: 'b', weight: 1 },
        { upstream: 'c', weight: 0 },
      ],
    },
  ])
  let names = ''
  for (let i = 0; i < 8; i++) names += (await get('/'))[0]
  assert.equal([...names].sort().join(''), 'aaaaaabb')
})

test('paths are rewritten', async (context) => {
  const { get } = await start(context, [
    { match: { path: { prefix: '/old/' } }, rewrite: { prefix: '/new' }, upstream: 'a' },
    { match: { path: { prefix: '/strip' } }, rewrite: { prefix: '/' }, upstream: 'a' },
    {
      match: { path: { prefix: '/u' } },
      rewrite: { regex: '^/u/(\\d+)', to: '/user/$1' },
      upstream: 'b',
    },
    { rewrite: { to: '/fixed' }, upstream: 'c' },
  ])
  assert.equal(await get('/old/x?q=1'), 'a GET /new/x?q=1 HTTP/1.1')
  assert.equal(await get('/old'), 'a GET /new HTTP/1.1')
  assert.equal(await get('/strip/a/b'), 'a GET /a/b HTTP/1.1')
  assert.equal(await get('/strip'), 'a GET / HTTP/1.1')
  assert.equal(await get('/u/12/x'), 'b GET /user/12/x HTTP/1.1')
  assert.equal(await get('/any?a'), 'c GET /fixed?a HTTP/1.1')
})

test('headers are set, added and removed in both directions', async (context) => {
  const { get } = await start(context, [
    {
      requestHeaders: { set: { 'X-Set': '1' }, add: { 'X-Add': '2' }, remove: ['X-Secret'] },
      responseHeaders: {
        set: { 'x-server': 'sluice' },
        add: { 'X-Name': 'c' },
        remove: ['X-None'],
      },
      upstream: 'a',
    },
  ])
  const fields = ['-H', 'x-set: 0', '-H', 'X-Add: 0', '-H', 'X-Add: 1', '-H', 'X-Secret: s']
  const output = await get('/', '-i', ...fields)
  assert.match(output, /X-Server: sluice\r\n/)
  assert.match(output, /X-Name: a\r\nX-Name: b\r\nX-Name: c\r\n/)
})

test('what an upstream sees has the changed fields', async (context) => {
  const seen = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [
      {
        requestHeaders: { set: { 'X-Set': '1' }, add: { 'X-Add': '2' }, remove: ['X-Secret'] },
        upstream: 'a',
      },
    ],
    upstreams: { a: { endpoints: [seen.address] } },
    forwarding: { xForwarded: 'off' },
  })
  const client = await connectRaw(context, ports[0] as number)
  client.write(
    'GET / HTTP/1.1\r\nHost: h\r\nx-set: 0\r\nX-Add: 0\r\nX-Add: 1\r\nX-Secret: s\r\nAccept: */*\r\n\r\n',
  )
  const upstream = await seen.connection()
  assert.equal(
    await upstream.through('\r\n\r\n'),
    'GET / HTTP/1.1\r\nHost: h\r\nx-set: 1\r\nX-Add: 0\r\nX-Add: 1\r\nX-Add: 2\r\nAccept: */*\r\n\r\n',
  )
})

test('redirects and fixed responses need no upstream', async (context) => {
  const { get } = await start(context, [
    { match: { path: { exact: '/ready' } }, respond: { body: 'yes\n', headers: { 'x-a': '1' } } },
    { match: { host: 'plain.test' }, redirect: { scheme: 'https', status: 301 } },
    {
      match: { path: { prefix: '/docs' } },
      redirect: { host: 'docs.test', port: 8443, scheme: 'https', path: { prefix: '/v2' } },
    },
    { redirect: { path: { to: '/home' }, status: 307 } },
  ])
  const where = ['-o', '/dev/null', '-w', '%{http_code} %header{location}']
  assert.match(
    await get('/ready', '-i'),
    /^HTTP\/1\.1 200 OK\r\n(.*\r\n)*x-a: 1\r\n(.*\r\n)*\r\nyes\n$/,
  )
  assert.doesNotMatch(await get('/ready', '-I'), /yes/)
  assert.equal(
    await get('/a?b', ...where, '-H', 'Host: plain.test:8080'),
    '301 https://plain.test/a?b',
  )
  assert.equal(await get('/docs/x', ...where), '302 https://docs.test:8443/v2/x')
  assert.equal(await get('/q', ...where, '-d', 'body'), '307 /home')
})

test('a mirror gets its share of copies, and nobody waits for it', async (context) => {
  const primary = await named(context, 'p')
  const shadow = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ upstream: 'p', mirror: { upstream: 'shadow', percent: 50 } }],
    upstreams: {
      p: { endpoints: [primary.address] },
      shadow: { endpoints: [shadow.address] },
    },
  })
  const client = await connectRaw(context, ports[0] as number)
  const bodies: string[] = []
  for (let i = 0; i < 4; i++) {
    client.write(`POST /${i} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n${i}!`)
    bodies.push((await client.message()).body)
  }
  assert.deepEqual(
    bodies,
    [0, 1, 2, 3].map((i) => `p POST /${i} HTTP/1.1`),
  )
  // The shadow has answered nothing: its copies wait on connections of their own.
  await shadow.arrival(2)
  for (const i of [1, 3]) {
    const copy = await shadow.connection()
    const { startLine, body } = await copy.message()
    assert.deepEqual([startLine, body], [`POST /${i} HTTP/1.1`, `${i}!`])
  }
})

test('a mirror gets no copies of requests to upgrade', async (context) => {
  const primary = await startRawServer(context)
  const shadow = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ upstream: 'p', mirror: { upstream: 'shadow' } }],
    upstreams: {
      p: { endpoints: [primary.address] },
      shadow: { endpoints: [shadow.address] },
    },
  })
  const client = await connectRaw(context, ports[0] as number)
  client.write('GET /a HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
  const connection = await primary.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno')
  assert.equal((await client.message()).body, 'no')
  client.write('GET /b HTTP/1.1\r\nHost: h\r\n\r\n')
  const copy = await shadow.connection()
  assert.equal((await copy.message()).startLine, 'GET /b HTTP/1.1')
})

test('a mirror that cannot be reached harms nobody', async (context) => {
  const primary = await named(context, 'p')
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ upstream: 'p', mirror: { upstream: 'gone' } }],
    upstreams: {
      p: { endpoints: [primary.address] },
      gone: { endpoints: [await findFreePort()] },
    },
  })
  const { stdout } = await curl('-d', 'x=1', `http://127.0.0.1:${ports[0]}/x`)
  assert.equal(stdout, 'p POST /x HTTP/1.1')
})

test('listeners have routes of their own, or share those of all', async (context) => {
  const a = await named(context, 'a')
  const b = await named(context, 'b')
  const { ports } = await startConfig(context, {
    listeners: [
      { name: 'one', address: '127.0.0.1:0' },
      { address: '127.0.0.1:0', routes: [{ upstream: 'b' }] },
      { address: '127.0.0.1:0', upstream: 'a' },
      { name: 'raw', address: '127.0.0.1:0', protocol: 'tcp', upstream: 'b' },
    ],
    routes: [{ match: { path: { prefix: '/b' } }, upstream: 'b' }, { upstream: 'a' }],
    upstreams: { a: { endpoints: [a.address] }, b: { endpoints: [b.address] } },
  })
  const get = async (at: number, path: string) =>
    (await curl(`http://127.0.0.1:${ports[at]}${path}`)).stdout
  assert.deepEqual(
    [
      await get(0, '/'),
      await get(0, '/b'),
      await get(1, '/'),
      await get(2, '/b'),
      await get(3, '/'),
    ],
    [
      'a GET / HTTP/1.1',
      'b GET /b HTTP/1.1',
      'b GET / HTTP/1.1',
      'a GET /b HTTP/1.1',
      'b GET / HTTP/1.1',
    ],
  )
})

test('no redirect leads to another host because of what the client has asked for', async (context) => {
  const { get } = await start(context, [
    { match: { path: { prefix: '/old' } }, redirect: { path: { prefix: '/' } } },
    { redirect: { path: { regex: '^/c/.(.*)$', to: '/$1' } } },
  ])
  const target = async (path: string): Promise<string> => {
    const location = await get(path, '-o', '/dev/null', '-w', '%header{location}')
    return new URL(location, 'http://here.test/').href
  }
  assert.equal(await target('/old/\\evil.test'), 'http://here.test/%5Cevil.test')
  assert.equal(await target('/old/%5Cevil.test'), 'http://here.test/%5Cevil.test')
  assert.equal(await target('/c/x/evil.test'), 'http://here.test/evil.test')
})

test('a response without a body that tells no length still tells none when it is changed', async (context) => {
  const server = await startRawServer(
    context,
    answering((startLine) =>
      startLine.startsWith('HEAD /told ')
        ? 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n'
        : `HTTP/1.1 ${startLine.startsWith('HEAD ') ? 200 : 304} x\r\n\r\n`,
    ),
  )
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        routes: [{ upstream: 'a', responseHeaders: { set: { 'X-Set': 'yes' } } }],
      },
    ],
    upstreams: { a: { endpoints: [server.address], sticky: {} } },
  })
  const lengths: unknown[] = []
  for (const line of ['HEAD /', 'HEAD /told', 'GET /same']) {
    const client = await connectRaw(context, ports[0] as number)
    client.write(`${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    const text = await client.rest()
    assert.match(text, /^x-set: yes\r$/im)
    lengths.push(/^content-length: (.*)\r$/im.exec(text)?.[1])
  }
  assert.deepEqual(lengths, [undefined, '7', undefined])
})

test('endpoints are told of the host that the client has asked for', async (context) => {
  const server = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        routes: [{ upstream: 'a', requestHeaders: { set: { Host: 'inside.test' } } }],
      },
    ],
    upstreams: { a: { endpoints: [server.address] } },
    forwarding: { forwarded: true },
  })
  const client = await connectRaw(context, ports[0] as number)
  client.write('GET / HTTP/1.1\r\nHost: outside.test\r\n\r\n')
  const request = await (await server.connection()).message()
  assert.equal(request.field('host'), 'inside.test')
  assert.equal(request.field('x-forwarded-host'), 'outside.test')
  assert.equal(request.field('forwarded'), 'for=127.0.0.1;host="outside.test";proto=http')
})

test('responses of our own tell the time, those of upstreams are left as they are', async (context) => {
  const { get } = await start(context, [
    { match: { path: { exact: '/respond' } }, respond: { body: 'x' } },
    {
      match: { path: { exact: '/dated' } },
      respond: { headers: { Date: 'Thu, 29 Feb 2024 12:00:00 GMT' } },
    },
    { match: { path: { exact: '/redirect' } }, redirect: { host: 'b.test' } },
    { match: { path: { exact: '/denied' } }, access: { deny: ['127.0.0.1'] }, upstream: 'a' },
    { match: { path: { exact: '/upstream' } }, upstream: 'a' },
  ])
  const dateOf = async (path: string, ...options: string[]): Promise<string> =>
    get(path, '-o', '/dev/null', '-w', '%{http_code} %header{date}', ...options)
  const now = /^\d+ \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/
  for (const path of ['/respond', '/redirect', '/denied', '/nobody']) {
    const answer = await dateOf(path)
    assert.match(answer, now, path)
    assert.ok(Math.abs(Date.parse(answer.slice(4)) - Date.now()) < 3_600_000, answer)
  }
  assert.match(await dateOf('/respond', '-H', 'Host: a b'), /^400 \w{3}, /)
  assert.equal(await dateOf('/dated'), '200 Thu, 29 Feb 2024 12:00:00 GMT')
  assert.equal(await dateOf('/upstream'), '200 ')
})
