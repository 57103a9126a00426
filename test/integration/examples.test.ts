import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runSluice, startSluice } from '../support/sluice-process.ts'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { curl } from './support/curl.ts'
import { eventually } from './support/process-facts.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startExample } from './support/start-example.ts'

const EXAMPLES = readdirSync('examples').filter((name) =>
  existsSync(join('examples', name, 'main.js')),
)

function get(path: string, ...lines: string[]): string {
  return `${[`GET ${path} HTTP/1.1`, 'Host: a', ...lines].join('\r\n')}\r\n\r\n`
}

describe('all examples', () => {
  for (const name of EXAMPLES) {
    test(`${name} passes --verify`, async () => {
      const { status, stdout } = await runSluice([join('examples', name, 'main.js'), '--verify'])
      assert.match(stdout, /^Done\.$/m)
      assert.equal(status, 0)
    })
  }

  test('each has its line in README.md', () => {
    const readme = readFileSync('examples/README.md', 'utf8')
    for (const name of EXAMPLES) assert.ok(readme.includes(`| [${name}](${name}/main.js) |`), name)
  })
})

describe('echo', () => {
  test('sends headers and body back', async (context) => {
    const example = await startExample(context, 'echo', [6080])
    const { stdout } = await curl('-i', '-d', 'hello', '-H', 'X-Mixed: Case', example.url(6080))
    const [head = '', body] = stdout.split('\r\n\r\n')
    const [status, ...lines] = head.split('\r\n')
    assert.equal(status, 'HTTP/1.1 200 OK')
    assert.equal(body, 'hello')
    const names = lines.map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    for (const name of ['host', 'user-agent', 'accept', 'content-type', 'x-mixed']) {
      assert.ok(names.includes(name), `${name} is in ${names}`)
    }
    assert.match(head, /^content-length: 5$/im)
  })

  test('answers pipelined requests in order', async (context) => {
    const example = await startExample(context, 'echo', [6080])
    const client = await connectRaw(context, example.port(6080))
    client.write(
      ['one', 'three', 'five']
        .map((body) => get('/', `Content-Length: ${body.length}`) + body)
        .join(''),
    )
    for (const body of ['one', 'three', 'five']) assert.equal((await client.message()).body, body)
  })
})

describe('hello', () => {
  test('a constant is not used up by thousands of requests', async (context) => {
    const example = await startExample(context, 'hello', [6080])
    const client = await connectRaw(context, example.port(6080))
    for (let round = 0; round < 30; round++) {
      client.write(get('/').repeat(100))
      for (let i = 0; i < 100; i++) assert.equal((await client.message()).body, 'Hello!\n')
    }
  })

  test('HTTP/1.0 and Connection: close end the connection', async (context) => {
    const example = await startExample(context, 'hello', [6080])
    for (const request of ['GET / HTTP/1.0\r\n\r\n', get('/', 'Connection: close')]) {
      const client = await connectRaw(context, example.port(6080))
      client.write(request)
      const message = await client.message()
      assert.equal(message.field('connection'), 'close')
      assert.equal(message.body, 'Hello!\n')
      assert.equal(await client.rest(), '')
    }
  })
})

test('hello-ip greets by address', async (context) => {
  const example = await startExample(context, 'hello-ip', [6080])
  const { stdout } = await curl(example.url(6080))
  assert.equal(stdout, 'Hello, 127.0.0.1!\n')
})

describe('upstream', () => {
  const PORTS = [6080, 8080, 8081, 8082]
  const bodies = async (url: string, ...options: string[]): Promise<string[]> => {
    const all: string[] = []
    for (let i = 0; i < 6; i++) all.push((await curl(...options, url)).stdout)
    return all.sort()
  }

  test('gives the services their shares, and the backup nothing', async (context) => {
    const example = await startExample(context, 'upstream', PORTS)
    const hello = (port: number): string => `Hello from service ${example.port(port)}\n`
    const found = await bodies(example.url(6080))
    assert.equal(found.filter((body) => body === hello(8080)).length, 4)
    assert.equal(found.filter((body) => body === hello(8081)).length, 2)
  })

  test('keeps a client with its service by a cookie', async (context) => {
    const example = await startExample(context, 'upstream', PORTS)
    const { stdout } = await curl('-i', example.url(6080))
    const [head = '', body = ''] = stdout.split('\r\n\r\n')
    const [, cookie = ''] = /^set-cookie: (service=[0-9a-f]{16});/im.exec(head) ?? []
    assert.deepEqual(await bodies(example.url(6080), '-b', cookie), Array(6).fill(body))
  })

  test('goes to the backup when the others are not there', async (context) => {
    const edits = [8080, 8081].map((port) => [`.listen(${port})`, '.listen(0)'] as const)
    const example = await startExample(context, 'upstream', PORTS, { edits })
    assert.deepEqual(await bodies(example.url(6080)), Array(6).fill('Hello from the backup\n'))
  })
})

describe('http-proxy', () => {
  const cases: [path: string, host: string, answer: string][] = [
    ['/hello', 'a', '8080'],
    ['/hello?x=1', 'a', '8080'],
    ['/hello/x', 'a', ''],
    ['/hi/anything', 'a', '8081'],
    ['/cart/x', 'shop.test', '8080'],
    ['/cart', 'www.shop.test', '8081'],
    ['/cart/x', 'www.shop.test', ''],
    ['/posts/new/x', 'my.blog.test', '8080'],
    ['/elsewhere', 'a', ''],
  ]

  test('routes by host and path', async (context) => {
    const example = await startExample(context, 'http-proxy', [6080, 8080, 8081])
    for (const [path, host, answer] of cases) {
      const { stdout } = await curl('-i', '-H', `Host: ${host}`, `${example.url(6080)}${path}`)
      const [status = '', body] = [stdout.split('\r\n')[0], stdout.split('\r\n\r\n')[1]]
      if (answer === '') {
        assert.equal(body, 'Not found\n', `${host} ${path}`)
        assert.match(status, / 404 /)
      } else {
        assert.equal(
          body,
          `Hello from service ${example.port(Number(answer))}\n`,
          `${host} ${path}`,
        )
        assert.match(status, / 200 /)
      }
    }
  })

  test('a connection stays where its first request has led it', async (context) => {
    const example = await startExample(context, 'http-proxy', [6080, 8080, 8081])
    const client = await connectRaw(context, example.port(6080))
    for (const path of ['/hello', '/hi/there', '/elsewhere']) {
      client.write(get(path))
      assert.equal((await client.message()).body, `Hello from service ${example.port(8080)}\n`)
    }
  })

  test('no connection sees the target of another one', async (context) => {
    const example = await startExample(context, 'http-proxy', [6080, 8080, 8081], {
      options: ['--workers', '2'],
    })
    const ask = async (i: number): Promise<void> => {
      const client = await connectRaw(context, example.port(6080))
      const [path, answer] = [
        ['/hello', `Hello from service ${example.port(8080)}\n`],
        ['/hi/x', `Hello from service ${example.port(8081)}\n`],
        ['/no', 'Not found\n'],
      ][i % 3] as [string, string]
      for (let round = 0; round < 20; round++) {
        assert.equal((await client.write(get(path)).message()).body, answer)
      }
      client.end()
    }
    await Promise.all(Array.from({ length: 150 }, (_, i) => ask(i)))
  })

  test('a request that comes in pieces is held back until it is routed', async (context) => {
    const example = await startExample(context, 'http-proxy', [6080, 8080, 8081])
    const client = await connectRaw(context, example.port(6080))
    for (const byte of get('/hi/there')) {
      client.write(byte)
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.equal((await client.message()).body, `Hello from service ${example.port(8081)}\n`)
  })
})

test('load-balancing keeps to the weights', async (context) => {
  const example = await startExample(context, 'load-balancing', [6080, 8080, 8081, 8082])
  for (let round = 0; round < 3; round++) {
    const seen = []
    for (let i = 0; i < 4; i++) {
      const { startLine, body } = await exchange(context, example.port(6080), get('/'))
      seen.push(`${startLine}, ${body}`)
    }
    const first = `HTTP/1.1 200 OK, Hello from service ${example.port(8080)}`
    assert.deepEqual(seen.sort(), [
      first,
      first,
      `HTTP/1.1 300 Multiple Choices, Hello from service ${example.port(8081)}`,
      `HTTP/1.1 500 Internal Server Error, Hello from service ${example.port(8082)}`,
    ])
  }
  assert.doesNotMatch(example.sluice.stdout, /\[error\]/)
})

describe('metrics', () => {
  test('counts and measures, with empty buckets before the first hit', async (context) => {
    // Slow enough to leave the first buckets empty.
    const service = await startRawServer(context, async (connection) => {
      for (;;) {
        await connection.message()
        await new Promise((resolve) => setTimeout(resolve, 12))
        connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }
    })
    const example = await startExample(context, 'metrics', [6080, 8080, 9090], {
      edits: [["connect('127.0.0.1:8080')", `connect('127.0.0.1:${service.port}')`]],
    })
    assert.equal((await curl(example.url(9090))).stdout, 'count 0')
    for (let i = 0; i < 3; i++) await exchange(context, example.port(6080), get('/'))
    const { stdout } = await curl(example.url(9090))
    const lines = stdout.split('\n')
    assert.deepEqual(lines.slice(0, 6), [
      'count 3',
      'status{code="200"} 3',
      'bucket{le="1"} 0',
      'bucket{le="2"} 0',
      'bucket{le="5"} 0',
      'bucket{le="10"} 0',
    ])
    assert.match(lines[lines.length - 1] as string, /^bucket\{le="\d+"\} 3$/)
  })

  test('works with its own service', async (context) => {
    const example = await startExample(context, 'metrics', [6080, 8080, 9090])
    const client = await connectRaw(context, example.port(6080))
    for (let i = 0; i < 20; i++) {
      client.write(get('/'))
      assert.equal((await client.message()).body, 'Hi, there!\n')
    }
    const lines = (await curl(example.url(9090))).stdout.split('\n')
    assert.deepEqual(lines.slice(0, 2), ['count 20', 'status{code="200"} 20'])
    assert.match(lines[lines.length - 1] as string, /^bucket\{le="\d+"\} 20$/)
  })
})

test('logging sends the first record at once and the others in batches', async (context) => {
  const collector = await startRawServer(context)
  const example = await startExample(context, 'logging', [6080, 8080, 8123], {
    edits: [["connect('127.0.0.1:8123')", `connect('127.0.0.1:${collector.port}')`]],
  })
  const send = async (body: string): Promise<void> => {
    const { stdout } = await curl('-d', body, `${example.url(6080)}/path?q=1`)
    assert.equal(stdout, 'Hi, there!\n')
  }
  await send('first')
  const connection = await collector.connection()
  const take = async (): Promise<Record<string, unknown>[]> => {
    const { startLine, body } = await connection.message()
    assert.equal(startLine, 'POST /where/to/post/the/log HTTP/1.1')
    connection.write('HTTP/1.1 204 No Content\r\n\r\n')
    assert.equal(body.at(-1), ',')
    return JSON.parse(`[${body.slice(0, -1)}]`)
  }
  const [record, ...others] = await take()
  assert.ok(record !== undefined)
  assert.equal(others.length, 0)
  assert.deepEqual(Object.keys(record).sort(), [
    'body',
    'endTime',
    'headers',
    'latency',
    'method',
    'path',
    'protocol',
    'response',
    'startTime',
  ])
  const { method, path, protocol, body, latency, startTime, endTime } = record
  assert.deepEqual([method, path, protocol, body], ['POST', '/path?q=1', 'HTTP/1.1', 'first'])
  assert.equal(latency, Number(endTime) - Number(startTime))
  const answer = record.response as Record<string, unknown>
  assert.deepEqual([answer.status, answer.body], [200, 'Hi, there!\n'])

  for (const word of ['a', 'b', 'c', 'd', 'e', 'f']) await send(word)
  const bodies = (records: Record<string, unknown>[]): unknown[] => records.map(({ body }) => body)
  assert.deepEqual(bodies(await take()), ['a', 'b', 'c', 'd', 'e'])
  assert.deepEqual(bodies(await take()), ['f'], 'the task sends what is left over')
  assert.equal(collector.accepted, 1)
})

describe('throttle', () => {
  test('a large body takes its time', async (context) => {
    const example = await startExample(context, 'throttle', [6080])
    assert.equal((await curl(example.url(6080))).stdout, 'Hello!\n')
    const file = join(example.folder, 'body')
    writeFileSync(file, Buffer.alloc(300 * 1024))
    const begun = performance.now()
    const { stdout } = await curl('--data-binary', `@${file}`, example.url(6080))
    const seconds = (performance.now() - begun) / 1000
    assert.equal(stdout, 'Hello!\n')
    assert.ok(seconds >= 1.9 && seconds < 10, `${seconds} s`)
  })

  test('more than 1000 requests per second are delayed, and none is lost', async (context) => {
    const example = await startExample(context, 'throttle', [6080])
    const client = await connectRaw(context, example.port(6080))
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const begun = performance.now()
    client.write(request.repeat(2500))
    for (let i = 0; i < 2500; i++) assert.equal((await client.message()).body, 'Hello!\n')
    const seconds = (performance.now() - begun) / 1000
    assert.ok(seconds >= 1 && seconds < 10, `${seconds} s`)
  })
})

describe('xml-json', () => {
  const file = (name: string): string => join('examples', 'xml-json', name)

  test('translates both ways', async (context) => {
    const example = await startExample(context, 'xml-json', [6080, 6081])
    const json = await curl('--data-binary', `@${file('sample.xml')}`, example.url(6080))
    assert.deepEqual(
      JSON.parse(Buffer.from(json.stdout, 'latin1').toString()),
      JSON.parse(readFileSync(file('sample.json'), 'utf8')),
    )
    assert.match(json.stdout, /^\{\n {2}"BIRDS": \{\n {4}"BIRD": \[/)
    const xml = await curl('--data-binary', `@${file('sample.json')}`, example.url(6081))
    assert.equal(
      Buffer.from(xml.stdout, 'latin1').toString().trim(),
      readFileSync(file('sample.xml'), 'utf8').trim(),
    )
  })

  test('any name of an element is a name', async (context) => {
    const example = await startExample(context, 'xml-json', [6080, 6081])
    const { stdout } = await curl(
      ...['-d', '<a><constructor>b</constructor><c/><__proto__>d</__proto__><c>e</c><c>f</c></a>'],
      example.url(6080),
    )
    const members = '"constructor":"b","c":["","e","f"],"__proto__":"d"'
    assert.equal(JSON.stringify(JSON.parse(stdout)), `{"a":{${members}}}`)
  })

  test('says what it cannot read', async (context) => {
    const example = await startExample(context, 'xml-json', [6080, 6081])
    for (const port of [6080, 6081]) {
      const { stdout } = await curl('-d', '<a', '-w', ' %{http_code}', example.url(port))
      assert.equal(stdout, 'Cannot read that\n 400')
    }
  })
})

test('hessian-json gives the document back', async (context) => {
  const example = await startExample(context, 'hessian-json', [6080, 20880])
  const sample = join('examples', 'hessian-json', 'sample.json')
  const { stdout } = await curl('-i', '-d', `@${sample}`, example.url(6080))
  const [head = '', body = ''] = stdout.split('\r\n\r\n')
  assert.match(head, /^HTTP\/1\.1 200 OK/)
  assert.deepEqual(
    JSON.parse(Buffer.from(body, 'latin1').toString()),
    JSON.parse(readFileSync(sample, 'utf8')),
  )
})

test('exec starts its service, and starts it again when it is gone', async (context) => {
  const example = await startExample(context, 'exec', [6080, 8080], {
    listeners: 1,
    // The service says who it is, so that it can be ended.
    edits: [
      ["new Message('Hello!\\n')", "() => new Message(os.readFile('/proc/self/stat').toString())"],
    ],
  })
  const pidOf = async (): Promise<number> =>
    Number.parseInt((await curl(example.url(6080))).stdout, 10)
  const first = await pidOf()
  assert.ok(first > 0)
  assert.equal(await pidOf(), first)
  // What it prints is in our log.
  await example.sluice.line(/Listening on 0\.0\.0\.0:\d+\n[\s\S]*Listening on 0\.0\.0\.0:\d+/)
  process.kill(first, 'SIGKILL')
  await example.sluice.line(/Child process exited/)
  const second = await pidOf()
  assert.ok(second > 0 && second !== first)
  // It goes with us.
  example.sluice.signal('SIGTERM')
  assert.equal((await example.sluice.exit()).status, 0)
  await eventually(
    () => !existsSync(`/proc/${second}`),
    () => `process ${second} is gone`,
  )
})

describe('static-server', () => {
  test('serves the page, compressed or not', async (context) => {
    const example = await startExample(context, 'static-server', [6080])
    const plain = await curl('-i', example.url(6080))
    assert.match(plain.stdout, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(plain.stdout, /^content-type: text\/html/im)
    assert.doesNotMatch(plain.stdout, /^content-encoding/im)
    assert.match(plain.stdout, /<h1>It works<\/h1>/)
    const compressed = await curl('--compressed', '-i', `${example.url(6080)}/index.html`)
    assert.match(compressed.stdout, /^content-encoding: gzip/im)
    assert.match(compressed.stdout, /<h1>It works<\/h1>/)
  })

  test('knows nothing else, on the same connection or another', async (context) => {
    const example = await startExample(context, 'static-server', [6080])
    const client = await connectRaw(context, example.port(6080))
    for (const [path, status] of [
      ['/', 200],
      ['/nope', 404],
      ['/../main.js', 404],
      ['/', 200],
    ] as const) {
      const message = await client.write(get(path)).message()
      assert.equal(message.status, status, path)
      if (status === 404) assert.equal(message.body, '')
    }
  })
})

describe('http-reverse-proxy', () => {
  test('routes each request, and reads a changed configuration', async (context) => {
    const upstream = await startRawServer(
      context,
      answering((line) => response(`upstream ${line.split(' ')[1]}`)),
    )
    const example = await startExample(context, 'http-reverse-proxy', [6080], {
      edits: [
        ['127.0.0.1:8080', upstream.address],
        ["task('5s')", "task('0.2s')"],
      ],
    })
    const client = await connectRaw(context, example.port(6080))
    const ask = async (path: string): Promise<string> => {
      const { status, body } = await client.write(get(path)).message()
      return `${status} ${body}`
    }
    assert.equal(await ask('/hello/x'), '200 upstream /hello/x')
    assert.equal(await ask('/no/target'), '404 No target')
    assert.equal(await ask('/elsewhere'), '404 No route')
    assert.equal(await ask('/hello/y'), '200 upstream /hello/y')
    assert.equal(upstream.accepted, 1, 'the client keeps its connection')

    const file = join(example.folder, 'config.json')
    const config = JSON.parse(readFileSync(file, 'utf8'))
    config.routes['/elsewhere'] = 'hello'
    writeFileSync(file, JSON.stringify(config))
    // Times are compared by the second.
    utimesSync(file, new Date(), new Date(Date.now() + 5000))
    while ((await ask('/elsewhere')) !== '200 upstream /elsewhere') {
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })

  test('every worker has the configuration', async (context) => {
    const upstream = await startRawServer(
      context,
      answering(() => response('here')),
    )
    const example = await startExample(context, 'http-reverse-proxy', [6080], {
      edits: [['127.0.0.1:8080', upstream.address]],
      options: ['--workers', '3'],
    })
    for (let i = 0; i < 24; i++) {
      assert.equal((await exchange(context, example.port(6080), get('/hello/x'))).body, 'here')
    }
  })

  test('comes with a service to try it with', async (context) => {
    const example = await startExample(context, 'http-reverse-proxy', [6080, 8080], {
      listeners: 1,
    })
    const mock = startSluice(context, [join(example.folder, 'mock.js')])
    await mock.ports()
    const { stdout } = await curl(`${example.url(6080)}/hello/x`)
    assert.equal(stdout, `Hello from service ${example.port(8080)}: /hello/x\n`)
  })
})
