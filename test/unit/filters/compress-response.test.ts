import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { Data } from '../../../src/engine/data.ts'
import {
  DATA,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SessionEnd,
} from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { CompressionOptions } from '../../../src/filters/compress/compression-policy.ts'
import { Gates } from './support/gate.ts'
import { END, start, TestProgram, type TestSession } from './support/run.ts'

/** A pipeline that compresses what a gate answers. */
function compressing(options?: CompressionOptions): { gates: Gates; program: TestProgram } {
  const gates = new Gates()
  const program = new TestProgram((main) =>
    gates.append(main.compressResponse('x', options).pipeline('x')),
  )
  return { gates, program }
}

const TEXT = 'all work and no play '.repeat(200)
const LONG = { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } }

function ask(encoding?: string, extra: object = {}): Message {
  const headers = { ...(encoding !== undefined && { 'accept-encoding': encoding }), ...extra }
  return new Message({ method: 'GET', path: '/', headers })
}

function head(session: TestSession): { headers: Record<string, unknown> } {
  const found = session.events.find(({ kind }) => kind === MESSAGE_START) as MessageStart
  return found.head as { headers: Record<string, unknown> }
}

function body(session: TestSession): Buffer {
  const parts = session.events.filter(({ kind }) => kind === DATA) as Data[]
  return Buffer.concat(parts.map((data) => data.toBytes()))
}

/** Waits for the answer to be complete. */
async function answered(session: TestSession, count = 1): Promise<void> {
  const ends = () => session.events.filter(({ kind }) => kind === MESSAGE_END).length
  while (ends() < count) await new Promise((resolve) => setImmediate(resolve))
}

describe('compressResponse', () => {
  for (const [encoding, decompress] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    test(`an answer goes out in ${encoding}`, async () => {
      const { gates, program } = compressing()
      const session = program.open().feed(ask(encoding))
      const etag = { etag: '"1"', 'accept-ranges': 'bytes' }
      gates.get(0).emit(new Message({ status: 200, headers: { ...LONG.headers, ...etag } }, TEXT))
      program.settle()
      await answered(session)
      assert.deepEqual(head(session).headers, {
        'content-type': 'text/plain; charset=utf-8',
        'content-encoding': encoding,
        etag: 'W/"1"',
        vary: 'Accept-Encoding',
      })
      assert.equal(decompress(body(session)).toString(), TEXT)
      session.free()
    })
  }

  /** Requests and answers that go out as they are, and whether caches are told of the difference. */
  const untouched: [name: string, request: Message, answer: object, body: string, vary: boolean][] =
    [
      ['a client that cannot read it', ask(), LONG, TEXT, true],
      ['a client that does not want it', ask('gzip;q=0'), LONG, TEXT, true],
      ['a short one', ask('gzip'), LONG, 'short', true],
      ['a part that was asked for', ask('gzip', { range: 'bytes=0-9' }), LONG, TEXT, true],
      ['a part', ask('gzip'), { ...LONG, status: 206 }, TEXT, true],
      ['a short part', ask('gzip'), { ...LONG, status: 206 }, 'short', true],
      [
        'a part of an image',
        ask('gzip'),
        { status: 206, headers: { 'content-type': 'image/png' } },
        TEXT,
        false,
      ],
      ['not modified', ask('gzip'), { ...LONG, status: 304 }, '', true],
      ['no content', ask('gzip'), { ...LONG, status: 204 }, '', false],
      ['an image', ask('gzip'), { headers: { 'content-type': 'image/png' } }, TEXT, false],
      ['events', ask('gzip'), { headers: { 'content-type': 'text/event-stream' } }, TEXT, false],
      ['no type', ask('gzip'), { headers: {} }, TEXT, false],
      ['no head', ask('gzip'), { headers: null }, TEXT, false],
      [
        'one that is encoded',
        ask('gzip'),
        { headers: { ...LONG.headers, 'Content-Encoding': 'br' } },
        TEXT,
        false,
      ],
      [
        'no-transform',
        ask('gzip'),
        { headers: { ...LONG.headers, 'Cache-Control': 'public, No-Transform' } },
        TEXT,
        false,
      ],
      [
        'one with a digest',
        ask('gzip'),
        { headers: { ...LONG.headers, 'repr-digest': 'sha-256=:x:' } },
        TEXT,
        false,
      ],
    ]
  for (const [name, request, answer, text, isVaried] of untouched) {
    test(`left alone: ${name}`, () => {
      const { gates, program } = compressing()
      const session = program.open().feed(request)
      gates.get(0).emit(new Message(answer, text))
      program.settle()
      assert.equal(body(session).toString(), text)
      const headers = head(session).headers ?? {}
      assert.equal(headers['vary'], isVaried ? 'Accept-Encoding' : undefined)
      assert.equal(headers['content-encoding'], undefined)
      session.free()
    })
  }

  test('an answer to HEAD is that to GET, as far as can be known', () => {
    const { gates, program } = compressing()
    const asked = new Message({ method: 'HEAD', headers: { 'accept-encoding': 'gzip' } })
    const session = program.open().feed(asked)
    gates.get(0).emit(new Message(LONG))
    assert.deepEqual(head(session).headers, { ...LONG.headers, vary: 'Accept-Encoding' })
  })

  test('constants of a script stay as they are', async () => {
    const { gates, program } = compressing()
    const constant = new Message({ ...LONG, headers: { ...LONG.headers } }, TEXT)
    for (let i = 0; i < 2; i++) {
      const session = program.open().feed(ask('gzip'))
      gates.get(i).emit(constant)
      program.settle()
      await answered(session)
      session.free()
    }
    assert.deepEqual(constant.head, LONG)
  })

  test('an answer of unknown length flows', async () => {
    const { gates, program } = compressing({ types: ['text/event-stream'] })
    const session = program.open().feed(ask('gzip'))
    const gate = gates.get(0)
    gate.emit(start({ headers: { 'content-type': 'text/event-stream' } }))
    program.settle()
    assert.equal(head(session).headers['content-encoding'], 'gzip')
    for (const text of ['data: one\n\n', 'data: two\n\n']) {
      const before = body(session).length
      gate.emit(new Data(text))
      program.settle()
      // A gzip header is 10 bytes.
      while (body(session).length <= before + 10) {
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    gate.emit(END)
    await answered(session)
    assert.equal(gunzipSync(body(session)).toString(), 'data: one\n\ndata: two\n\n')
    session.free()
  })

  test('answers to several requests keep their order', async () => {
    const { gates, program } = compressing()
    const session = program.open().feed(ask('gzip'), ask(), ask('br'))
    const gate = gates.get(0)
    const long = () => new Message({ ...LONG, headers: { ...LONG.headers } }, TEXT)
    gate.emit(long(), long(), long(), new SessionEnd())
    program.settle()
    await answered(session, 3)
    assert.equal(gate.pauses, 0)
    const encodings = session.events
      .filter(({ kind }) => kind === MESSAGE_START)
      .map((one) => (one as MessageStart & { head: typeof LONG }).head.headers)
      .map((headers) => (headers as Record<string, unknown>)['content-encoding'])
    assert.deepEqual(encodings, ['gzip', undefined, 'br'])
    assert.equal(session.output.at(-1), 'SessionEnd')
    session.free()
  })

  test('an answer that breaks off breaks off', () => {
    const { gates, program } = compressing()
    const session = program.open().feed(ask('gzip'))
    gates.get(0).emit(start(LONG), new Data(TEXT), new SessionEnd('ReadError'))
    assert.equal(session.output.at(-1), 'SessionEnd ReadError')
    session.free()
  })

  test('a client that does not read holds the answer up', async () => {
    const { gates, program } = compressing({ level: 1 })
    const session = program.open().feed(ask('gzip'))
    session.session.pauseOutput()
    const gate = gates.get(0)
    gate.emit(start(LONG))
    // Random bytes do not get smaller.
    const piece = Data.fromBytes(crypto.getRandomValues(new Uint8Array(60_000)))
    for (let i = 0; i < 10; i++) gate.emit(piece)
    program.settle()
    assert.equal(gate.pauses, 2)
    session.session.resumeOutput()
    while (gate.pauses > 0) await new Promise((resolve) => setImmediate(resolve))
    gate.emit(END)
    await answered(session)
    assert.equal(gunzipSync(body(session)).length, 600_000)
    session.free()
  })

  test('refuses options that make no sense', () => {
    const wrong: [options: unknown, message: RegExp][] = [
      [{ level: 0 }, /option level expects a whole number from 1 to 9, not 0/],
      [{ types: [] }, /option types expects a list of media types/],
      [{ types: ['html'] }, /option types/],
      [{ algorithms: ['zip'] }, /option algorithms expects a list of "br" and "gzip"/],
      [{ minimumSize: '2 kB' }, /option minimumSize expects bytes or a size/],
    ]
    for (const [options, message] of wrong) {
      assert.throws(() => compressing(options as CompressionOptions), message)
    }
  })
})
