import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { type MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { Builder } from '../../../src/program/configuration.ts'
import { Gates } from './support/gate.ts'
import {
  END,
  run,
  runApart,
  type Spec,
  start,
  TestProgram,
  type TestSession,
} from './support/run.ts'

const CRLF = '\r\n'
const wire = (...lines: string[]): string => lines.join(CRLF)

/** What a pipeline puts out as bytes. */
function bytes(spec: Spec, events: Parameters<typeof run>[1]): string {
  return new TestProgram(spec)
    .open()
    .feed(...events)
    .text()
}

/** A pipeline between a decoder of requests and an encoder of responses. */
const serve =
  (middle: Spec): Spec =>
  (p) =>
    middle(p.decodeHttpRequest()).encodeHttpResponse()
const echo: Spec = (p) => p
const get = (...headers: string[]): string => wire('GET / HTTP/1.1', 'Host: a', ...headers, '', '')

describe('decodeHttpRequest', () => {
  const decode: Spec = (p) => p.decodeHttpRequest()
  const head = (fields: object): string => `MessageStart ${JSON.stringify(fields)}`

  test('a request without body', () => {
    assert.deepEqual(run(decode, [get('X-A: 1')]), [
      head({ headers: { host: 'a', 'x-a': '1' }, protocol: 'HTTP/1.1', method: 'GET', path: '/' }),
      'MessageEnd',
    ])
  })

  const request = wire('POST /p?q=1 HTTP/1.1', 'Host: a', 'Content-Length: 5', '', 'hello')
  const chunked = wire(
    'POST /p?q=1 HTTP/1.1',
    'Host: a',
    'Transfer-Encoding: chunked',
    '',
    '2',
    'he',
    '3',
    'llo',
    '0',
    'X-Sum: 1',
    '',
    '',
  )
  const expected = head({
    headers: { host: 'a' },
    protocol: 'HTTP/1.1',
    method: 'POST',
    path: '/p?q=1',
  })
  const joined = (lines: string[]): string[] => {
    const body = lines.filter((line) => line.startsWith('Data ')).map((line) => line.slice(6, -1))
    const rest = lines.filter((line) => !line.startsWith('Data '))
    return [...rest.slice(0, 1), body.join(''), ...rest.slice(1)]
  }

  test('a body of known length, whole and byte by byte', () => {
    assert.deepEqual(joined(run(decode, [request])), [expected, 'hello', 'MessageEnd'])
    assert.deepEqual(joined(runApart(decode, [...request])), [expected, 'hello', 'MessageEnd'])
  })

  test('a chunked body with trailers', () => {
    const end = 'MessageEnd "X-Sum: 1\\r\\n"'
    assert.deepEqual(joined(run(decode, [chunked])), [expected, 'hello', end])
    assert.deepEqual(joined(runApart(decode, [...chunked])), [expected, 'hello', end])
  })

  test('pipelined requests in one piece', () => {
    assert.equal(run(decode, [get() + request + get()]).filter((l) => l === 'MessageEnd').length, 3)
  })

  test('framing and connection fields are hidden from scripts', () => {
    const output = run(decode, [get('Connection: close', 'Keep-Alive: 1', 'Content-Length: 0')])
    assert.ok(output[0]?.includes('"headers":{"host":"a"}'), output[0])
  })

  test('of duplicate fields scripts see the last', () => {
    assert.ok(run(decode, [get('X-A: 1', 'X-A: 2')])[0]?.includes('"x-a":"2"'))
  })

  test('what is no request ends the session', () => {
    assert.deepEqual(
      run(decode, [`nonsense${CRLF}${CRLF}`, get()]).at(-1),
      'SessionEnd ProtocolError',
    )
  })

  test('a well-ended stream passes its end, one cut off in a message ends badly', () => {
    assert.deepEqual(run(decode, [get(), new SessionEnd()]).at(-1), 'SessionEnd')
    assert.deepEqual(
      run(decode, [request.slice(0, -1), new SessionEnd()]).at(-1),
      'SessionEnd ProtocolError',
    )
  })

  test('a reused session forgets half a message', () => {
    const program = new TestProgram(decode)
    program.open().feed(request.slice(0, -2)).free()
    assert.deepEqual(joined(program.open().feed(request).output), [expected, 'hello', 'MessageEnd'])
  })
})

describe('decodeHttpResponse', () => {
  const decode: Spec = (p) => p.decodeHttpResponse()

  test('status, reason and fields', () => {
    assert.deepEqual(
      run(decode, [wire('HTTP/1.1 404 Not Here', 'A: b', 'Content-Length: 2', '', 'no')]),
      [
        'MessageStart {"headers":{"a":"b"},"protocol":"HTTP/1.1","status":404,"statusText":"Not Here"}',
        'Data "no"',
        'MessageEnd',
      ],
    )
  })

  test('a body until the end of the stream', () => {
    const output = run(decode, [wire('HTTP/1.1 200 OK', '', 'rest'), new SessionEnd()])
    assert.deepEqual(output.slice(1), ['Data "rest"', 'MessageEnd', 'SessionEnd'])
  })

  for (const status of [204, 304]) {
    test(`${status} has no body whatever its fields say`, () => {
      const output = run(decode, [wire(`HTTP/1.1 ${status} X`, 'Content-Length: 5', '', '')])
      assert.deepEqual(output.slice(1), ['MessageEnd'])
    })
  }

  test('an interim response comes before the final one', () => {
    const output = run(decode, [
      wire('HTTP/1.1 103 Early Hints', 'Link: x', '', 'HTTP/1.1 204 No Content', '', ''),
    ])
    assert.ok(output[0]?.startsWith('Interim'))
    assert.ok(output[1]?.startsWith('MessageStart'))
    assert.equal(output[2], 'MessageEnd')
  })

  const failures = [
    ['CannotResolve', 503, 'Cannot Resolve'],
    ['ConnectionRefused', 503, 'Connection Refused'],
    ['Unauthorized', 401, 'Unauthorized'],
    ['ReadError', 502, 'Read Error'],
    ['RuntimeError', 500, 'Internal Server Error'],
  ] as const
  for (const [error, status, statusText] of failures) {
    test(`${error} becomes a response`, () => {
      assert.deepEqual(run(decode, [new SessionEnd(error)]), [
        `MessageStart ${error} ${JSON.stringify({ headers: {}, protocol: 'HTTP/1.1', status, statusText })}`,
        'MessageEnd',
        'SessionEnd',
      ])
    })
  }

  test('a response that has begun and breaks off stays broken', () => {
    const output = run(decode, [
      wire('HTTP/1.1 200 OK', 'Content-Length: 9', '', 'half'),
      new SessionEnd('ReadError'),
    ])
    assert.deepEqual(output.slice(1), ['Data "half"', 'SessionEnd ReadError'])
  })
})

describe('requests and their responses', () => {
  /** A client's two codecs around a gate: what is asked decides how the answer ends. */
  function client(): { gates: Gates; session: TestSession } {
    const gates = new Gates()
    const spec = (p: Builder): Builder => gates.append(p.encodeHttpRequest()).decodeHttpResponse()
    return { gates, session: new TestProgram(spec).open() }
  }
  const ask = (method: string): Message =>
    new Message({ method, path: '/', headers: { host: 'a' } })
  const answer = wire('HTTP/1.1 200 OK', 'Content-Length: 5', '', '')

  test('the answer to HEAD has no body', () => {
    const { gates, session } = client()
    session.feed(ask('HEAD'), ask('GET'))
    gates.get(0).emit(new Data(`${answer}${answer}hello`))
    assert.deepEqual(
      session.output.filter((line) => !line.startsWith('MessageStart')),
      ['MessageEnd', 'Data "hello"', 'MessageEnd'],
    )
  })

  test('a connection that ends before its answer: a response stands for it', () => {
    const { gates, session } = client()
    session.feed(ask('GET'))
    gates.get(0).emit(new SessionEnd())
    assert.ok(session.output[0]?.startsWith('MessageStart ReadError'))
    assert.deepEqual(session.output.slice(1), ['MessageEnd', 'SessionEnd'])
  })

  test('a connection that ends while nothing is due just ends', () => {
    const { gates, session } = client()
    session.feed(ask('GET'))
    gates.get(0).emit(new Data(`${answer}hello`), new SessionEnd('ReadError'))
    assert.equal(session.output.at(-1), 'SessionEnd')
  })
})

describe('encodeHttpRequest', () => {
  const encode: Spec = (p) => p.encodeHttpRequest()

  test('defaults', () => {
    assert.equal(bytes(encode, [start(), END]), wire('GET / HTTP/1.1', 'Host: ', '', ''))
  })

  test('stands between the start and the end of its message', () => {
    const output = run(encode, [start(), END])
    assert.deepEqual(
      output.map((line) => line.split(' ')[0]),
      ['MessageStart', 'Data', 'MessageEnd'],
    )
  })

  test('a body that is there within the batch has a length', () => {
    const head = { method: 'POST', path: '/x', headers: { Host: 'a', 'X-N': 1 } }
    assert.equal(
      bytes(encode, [new Message(head, 'hello')]),
      wire('POST /x HTTP/1.1', 'Host: a', 'X-N: 1', 'Content-Length: 5', '', 'hello'),
    )
  })

  test('an empty body of a method that means one has a length too', () => {
    assert.equal(
      bytes(encode, [new Message({ method: 'POST' })]),
      wire('POST / HTTP/1.1', 'Host: ', 'Content-Length: 0', '', ''),
    )
  })

  test('a body that takes longer goes out in chunks', () => {
    const session = new TestProgram(encode).open().feed(start({ method: 'POST' }), 'he')
    const head = wire('POST / HTTP/1.1', 'Host: ', 'Transfer-Encoding: chunked', '', '')
    assert.equal(session.text(), `${head}2${CRLF}he${CRLF}`)
    session.feed('llo', END)
    assert.equal(session.text(), `${head}2${CRLF}he${CRLF}3${CRLF}llo${CRLF}0${CRLF}${CRLF}`)
  })

  test('the head given to the filter replaces the own one', () => {
    assert.equal(
      bytes((p) => p.encodeHttpRequest(() => ({ path: '/y' })), [new Message({ path: '/x' })]),
      wire('GET /y HTTP/1.1', 'Host: ', '', ''),
    )
  })

  const refused: [what: string, head: object][] = [
    ['a line end in a value', { headers: { a: 'b\r\nEvil: 1' } }],
    ['a bare line feed in a value', { headers: { a: 'b\nEvil: 1' } }],
    ['a space in a name', { headers: { 'a b': '1' } }],
    ['a space in the path', { path: '/a HTTP/1.1' }],
    ['a method that is no token', { method: 'GET /' }],
  ]
  for (const [what, head] of refused) {
    test(`${what} is refused`, () => {
      const program = new TestProgram(encode)
      const session = program.open().feed(new Message(head))
      assert.equal(session.text(), '')
      assert.equal(session.output.at(-1), 'SessionEnd RuntimeError')
      assert.match(program.log[0] ?? '', /invalid/)
    })
  }
})

describe('encodeHttpResponse', () => {
  const encode: Spec = (p) => p.encodeHttpResponse()
  const response = (status: string, ...rest: string[]): string =>
    wire(`HTTP/1.1 ${status}`, ...rest)

  test('defaults', () => {
    assert.equal(
      bytes(encode, [new Message('hello')]),
      response('200 OK', 'Connection: keep-alive', 'Content-Length: 5', '', 'hello'),
    )
  })

  const reasons: [status: number, line: string][] = [
    [404, '404 Not Found'],
    [418, "418 I'm a Teapot"],
    [299, '299 OK'],
  ]
  for (const [status, line] of reasons) {
    test(`the reason of ${status}`, () => {
      assert.ok(bytes(encode, [new Message({ status })]).startsWith(`HTTP/1.1 ${line}${CRLF}`))
    })
  }

  test('a value that is a list becomes a line for each, nothing leaves a field out', () => {
    const headers = { 'Set-Cookie': ['a=1', 'b=2'], 'X-None': undefined, 'X-Null': null }
    assert.ok(
      bytes(encode, [new Message({ headers })]).includes(
        wire('OK', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Connection: keep-alive', ''),
      ),
    )
  })

  test('framing fields of scripts do not double the own ones', () => {
    const headers = { 'content-length': '99', 'transfer-encoding': 'chunked', connection: 'x' }
    assert.equal(
      bytes(encode, [new Message({ headers }, 'hello')]),
      response('200 OK', 'Connection: keep-alive', 'Content-Length: 5', '', 'hello'),
    )
  })

  test('header injection becomes a 500 and closes', () => {
    const program = new TestProgram(encode)
    const session = program.open()
    session.feed(new Message({ headers: { a: 'b\r\nEvil: 1' } }, 'hello'))
    const expected = response(
      '500 Internal Server Error',
      'date: …',
      'Connection: close',
      'Content-Length: 0',
      '',
      '',
    )
    assert.equal(session.text().replace(/[^ ]{3}, .* GMT/, '…'), expected)
    assert.equal(session.output.at(-1), 'SessionEnd')
    assert.match(program.log[0] ?? '', /invalid value of header a/)
  })

  test('text beyond ASCII goes out as UTF-8', () => {
    const text = bytes(encode, [new Message({ headers: { a: 'é' } })])
    assert.ok(text.includes('a: é'))
  })

  test('HEAD is answered without the body, with its length', () => {
    assert.equal(
      bytes(
        serve((p) => p.replaceMessage(new Message('hello'))),
        [wire('HEAD / HTTP/1.1', 'Host: a', '', '')],
      ),
      response('200 OK', 'Connection: keep-alive', 'Content-Length: 5', '', ''),
    )
  })

  for (const status of [204, 304]) {
    test(`${status} has no body`, () => {
      const text = bytes(
        serve((p) => p.replaceMessage(new Message({ status }, 'hello'))),
        [get()],
      )
      assert.ok(!text.includes('hello'))
      assert.ok(text.endsWith(CRLF + CRLF))
      assert.equal(text.includes('Content-Length'), status === 304)
    })
  }

  test('an unknown length goes out in chunks', () => {
    const session = new TestProgram(encode).open().feed(start(), 'he')
    session.feed('llo', END)
    assert.equal(
      session.text(),
      response(
        '200 OK',
        'Connection: keep-alive',
        'Transfer-Encoding: chunked',
        '',
        '2',
        'he',
        '3',
        'llo',
        '0',
        '',
        '',
      ),
    )
  })

  test('to an HTTP/1.0 client it ends with the connection', () => {
    const gates = new Gates()
    const session = new TestProgram(serve((p) => gates.append(p))).open()
    session.feed(wire('GET / HTTP/1.0', 'Connection: keep-alive', '', ''))
    gates.get(0).emit(start())
    session.feed()
    gates.get(0).emit(new Data('hello'), END)
    assert.equal(session.text(), response('200 OK', 'Connection: close', '', 'hello'))
    assert.equal(session.output.at(-1), 'SessionEnd')
  })

  test('more than 64 KB of unknown length are not held', () => {
    const session = new TestProgram(encode).open()
    session.push(start(), new Data(40_000), new Data(40_000))
    assert.ok(session.text().includes('Transfer-Encoding: chunked'))
  })

  const closings: [request: string, closes: boolean][] = [
    [get(), false],
    [get('Connection: close'), true],
    [get('Connection: Close'), true],
    [get('Connection: x, close'), true],
    [wire('GET / HTTP/1.0', '', ''), true],
    [wire('GET / HTTP/1.0', 'Connection: keep-alive', '', ''), false],
  ]
  for (const [request, closes] of closings) {
    test(`${JSON.stringify(request)} ${closes ? 'closes' : 'keeps the connection'}`, () => {
      const session = new TestProgram(serve((p) => p.replaceMessage(new Message('x')))).open()
      session.feed(request)
      assert.ok(session.text().includes(`Connection: ${closes ? 'close' : 'keep-alive'}`))
      assert.equal(session.output.at(-1), closes ? 'SessionEnd' : 'MessageEnd')
    })
  }

  test('a request that is none is refused after the answers before it', () => {
    const gates = new Gates()
    const session = new TestProgram(serve((p) => gates.append(p))).open()
    session.feed(`${get()}nonsense${CRLF}${CRLF}`)
    assert.equal(session.text(), '')
    gates.get(0).emit(new Message('ok'))
    assert.match(
      session.text(),
      /^HTTP\/1.1 200 OK[\s\S]*okHTTP\/1.1 400 Bad Request[\s\S]*Connection: close/,
    )
    assert.equal(session.output.at(-1), 'SessionEnd')
  })

  test('a client that sends no more gets its answer, then the end', () => {
    const gates = new Gates()
    const session = new TestProgram(serve((p) => gates.append(p))).open()
    session.feed(get(), new SessionEnd())
    assert.deepEqual(session.output, [])
    gates.get(0).emit(new Message('ok'))
    assert.ok(session.text().endsWith(`${CRLF}ok`))
    assert.equal(session.output.at(-1), 'SessionEnd')
  })

  test('a client that waits for 100 Continue gets it when nobody else tells it', () => {
    const session = new TestProgram(serve(echo)).open()
    session.feed(
      wire('POST / HTTP/1.1', 'Host: a', 'Expect: 100-continue', 'Content-Length: 2', '', ''),
    )
    assert.ok(session.text().startsWith(wire('HTTP/1.1 100 Continue', '', '')))
    session.feed('hi')
    assert.ok(session.text().endsWith(`${CRLF}hi`))
  })
})

describe('heads that came from the wire', () => {
  const upstream = wire(
    'HTTP/1.1 200 Fine',
    'Server:  x',
    'Set-Cookie: a=1',
    'SET-COOKIE: b=2',
    'Content-Length: 2',
    'X-Last: é',
    '',
    'ok',
  )
  /** A response decoded, given to `middle`, and encoded again. */
  const pass = (middle: Spec, text = upstream): string =>
    Buffer.from(
      bytes((p) => middle(p.decodeHttpResponse()).encodeHttpResponse(), [text]),
      'utf8',
    ).toString()

  test('keep the bytes, order, case and number of fields nobody touched', () => {
    const fields = wire('Server:  x', 'Set-Cookie: a=1', 'SET-COOKIE: b=2')
    assert.ok(pass(echo).includes(fields), pass(echo))
  })

  test('written natively and as text they are the same message', () => {
    const touched = pass((p) =>
      p.onMessageStart((event) => {
        const head = (event as MessageStart).head as { headers: Record<string, unknown> }
        head.headers['x-new'] = '1'
        delete head.headers['x-new']
      }),
    )
    const sort = (text: string): string[] => text.toLowerCase().split(CRLF).sort()
    assert.deepEqual(sort(touched), sort(pass(echo)))
  })

  test('looking at a head does not change it', () => {
    const looked = pass((p) =>
      p.onMessageStart((event) => JSON.stringify((event as MessageStart).head)),
    )
    assert.equal(looked, pass(echo))
  })

  test('a changed field stands where it stood, a removed one is gone, a new one is last', () => {
    const changed = pass((p) =>
      p.onMessageStart((event) => {
        const { headers } = (event as MessageStart).head as { headers: Record<string, unknown> }
        headers['server'] = 'y'
        headers['set-cookie'] = 'c=3'
        headers['x-new'] = '1'
        delete headers['x-last']
      }),
    )
    assert.equal(
      changed,
      wire(
        'HTTP/1.1 200 Fine',
        'Server: y',
        'Set-Cookie: c=3',
        'x-new: 1',
        'Connection: keep-alive',
        'Content-Length: 2',
        '',
        'ok',
      ),
    )
  })

  test('a changed body does not go out with the length from the wire', () => {
    const text = pass((p) => p.replaceMessageBody(new Data('longer')))
    assert.ok(text.includes('Content-Length: 6'))
    assert.ok(text.endsWith(`${CRLF}longer`))
    assert.ok(text.includes('SET-COOKIE: b=2'))
  })

  test('a request that becomes a response: 200, with the fields of the request', () => {
    const text = bytes(serve(echo), [
      wire('POST /x HTTP/1.1', 'Host: a', 'X-A: 1', 'Content-Length: 2', '', 'hi'),
    ])
    assert.equal(
      text,
      wire(
        'HTTP/1.1 200 OK',
        'Host: a',
        'X-A: 1',
        'Connection: keep-alive',
        'Content-Length: 2',
        '',
        'hi',
      ),
    )
  })

  const changes: [from: string, to: number, sent: string][] = [
    ['200 OK', 204, 'HTTP/1.1 204 No Content|Connection: keep-alive||'],
    ['200 OK', 304, 'HTTP/1.1 304 Not Modified|Connection: keep-alive|Content-Length: 2||'],
    ['304 Not Modified', 200, 'HTTP/1.1 200 OK|Connection: keep-alive|Content-Length: 0||'],
  ]
  for (const [from, to, sent] of changes) {
    test(`a script that turns ${from} into ${to} changes what follows the head`, () => {
      const body = from.startsWith('200') ? 'ok' : ''
      const text = bytes(
        (p) =>
          p
            .decodeHttpResponse()
            .onMessageStart((event) => {
              Object.assign((event as MessageStart).head as object, { status: to, statusText: '' })
            })
            .encodeHttpResponse(),
        [wire(`HTTP/1.1 ${from}`, 'Content-Length: 2', '', body)],
      )
      assert.equal(text, sent.replaceAll('|', CRLF))
    })
  }

  test('the status in the argument of the filter decides as well', () => {
    assert.equal(
      bytes((p) => p.encodeHttpResponse({ status: 204 }), [new Message('hello')]),
      wire('HTTP/1.1 204 No Content', 'Connection: keep-alive', '', ''),
    )
  })

  for (const status of [100, 103]) {
    test(`a final response cannot be ${status}: the client would wait for another`, () => {
      const text = bytes((p) => p.encodeHttpResponse(), [new Message({ status })])
      assert.ok(text.startsWith('HTTP/1.1 500 '), text)
    })
  }

  test('a body shorter than told cuts the connection', () => {
    const session = new TestProgram((p) => p.decodeHttpResponse().encodeHttpResponse()).open()
    session.feed(upstream.slice(0, -1), new SessionEnd())
    assert.equal(session.output.at(-1), 'SessionEnd ReadError')
  })
})
