import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { Data } from '../../../src/engine/data.ts'
import type { Event, MessageEnd, MessageStart } from '../../../src/engine/event.ts'
import { DATA, INTERIM, MESSAGE_END, MESSAGE_START } from '../../../src/engine/event.ts'
import { DubboWireHead } from '../../../src/filters/dubbo/dubbo-head.ts'
import { HttpWireHead } from '../../../src/filters/http/wire-head.ts'
import {
  CMD_EXPECT,
  CMD_FRAMER,
  EV_ACCEPT,
  EV_BAD,
  EV_DATA,
  EV_END,
  EV_ERROR,
  EV_HEAD,
  EV_MSG_END,
  EVENT_STRIDE,
  FRAMER_DUBBO,
  FRAMER_HTTP_REQUEST,
  FRAMER_HTTP_RESPONSE,
} from '../../../src/native/protocol.ts'
import { place } from '../../../src/net/socket.ts'
import { DubboReference } from '../../reference/dubbo.ts'
import { formatDubboEvents, readDubboVectors } from '../../reference/dubbo-vectors.ts'
import { DEFAULT_OPTIONS, Http1Reference } from '../../reference/http1.ts'
import { formatEvents, readVectors } from '../../reference/http1-vectors.ts'
import { type Spec, TestProgram } from '../filters/support/run.ts'
import { connectClient, type Recorded, recordAt, TestEngine } from '../native/test-engine.ts'
import { dubboEvent, headEvent } from './support/native-events.ts'

/*
 * Streams of messages, good and broken, cut anywhere, give the events that the references in
 * TypeScript see in the whole stream: from a framer on a socket (fused), from one of its own
 * (direct), and from a decoder among filters. The same cases at every run, unless
 * SLUICE_FUZZ_SEED says otherwise.
 */
const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? 1)
/** More than any stream here asks for. */
const EXPECTED = 64
/** One piece is at most this long: what fits the arena at once. */
const LONGEST_PIECE = 16 * 1024

interface Codec {
  readonly name: string
  readonly kind: number
  readonly inputs: readonly string[]
  readonly decoder: Spec
  /** What the reference makes of a whole stream, which `ends` if it may. */
  reference(input: string, ends?: boolean): string
  /** What records say in the same notation. */
  log(events: readonly Seen[]): string
}

/** A record, with its head as the reference would write it. */
interface Seen {
  readonly record: Recorded
  readonly head: unknown
}

const isPlain = ({ lenientLf, ...limits }: typeof DEFAULT_OPTIONS): boolean =>
  !lenientLf &&
  limits.maxHeadBytes === DEFAULT_OPTIONS.maxHeadBytes &&
  limits.maxStartLineBytes === DEFAULT_OPTIONS.maxStartLineBytes

function httpCodec(role: 'request' | 'response', decoder: Spec): Codec {
  return {
    name: `HTTP ${role}s`,
    kind: role === 'request' ? FRAMER_HTTP_REQUEST : FRAMER_HTTP_RESPONSE,
    inputs: readVectors(role)
      .filter(({ options }) => isPlain(options))
      .map(({ input }) => input)
      .filter((input) => input.length < 4096),
    decoder,
    reference: (input, ends = false) => {
      const reference = new Http1Reference(role, { ...DEFAULT_OPTIONS })
      if (role === 'response') for (let i = 0; i < EXPECTED; i++) reference.expect('GET')
      reference.feed(input)
      const log = formatEvents(reference.events)
      // A stream that breaks off is told by another record.
      return ends && reference.finish() ? formatEvents(reference.events) : log
    },
    log: (seen) =>
      formatEvents(
        seen.map(({ record, head }) => {
          if (record.kind === EV_HEAD) return head as ReturnType<typeof headEvent>
          if (record.kind === EV_DATA) return { kind: 'data', bytes: record.text }
          if (record.kind === EV_MSG_END) return { kind: 'end', trailers: linesOf(record.text) }
          return { kind: 'error', status: Number(record.fields[2]) }
        }),
      ),
  }
}

const dubbo: Codec = {
  name: 'Dubbo',
  kind: FRAMER_DUBBO,
  inputs: readDubboVectors()
    .filter(({ maxBodyBytes }) => maxBodyBytes === undefined)
    .map(({ input }) => input),
  decoder: (p) => p.decodeDubbo(),
  reference: (input) => {
    const reference = new DubboReference()
    reference.feed(input)
    return withoutReason(formatDubboEvents(reference.events))
  },
  log: (seen) =>
    withoutReason(
      formatDubboEvents(
        seen.map(({ record, head }) => {
          if (record.kind === EV_HEAD) return head as ReturnType<typeof dubboEvent>
          if (record.kind === EV_DATA) return { kind: 'data', bytes: record.text }
          if (record.kind === EV_MSG_END) return { kind: 'end' }
          return { kind: 'error', reason: '' }
        }),
      ),
    ),
}

const codecs = [
  httpCodec('request', (p) => p.decodeHttpRequest()),
  httpCodec('response', (p) => p.decodeHttpResponse()),
  dubbo,
]

const linesOf = (text: string): string[] => text.split('\r\n').slice(0, -1)
const withoutReason = (log: string): string => log.replace(/^error .*$/m, 'error')

/** Several messages of the vectors, now and then with a byte changed or left out. */
function streamOf({ inputs }: Codec): fc.Arbitrary<string> {
  const change = fc.record({ at: fc.nat(2000), by: fc.constantFrom('', '\0', '\n', '0', ';') })
  return fc
    .tuple(
      fc.array(fc.constantFrom(...inputs), { minLength: 1, maxLength: 5 }),
      fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: change }),
    )
    .map(([messages, changed]) => {
      const stream = messages.join('')
      if (changed === null) return stream
      const at = changed.at % (stream.length + 1)
      return stream.slice(0, at) + changed.by + stream.slice(at + 1)
    })
}

/** A stream with the sizes of its pieces, which are used in turn. */
function cutStreamOf(codec: Codec): fc.Arbitrary<{ stream: string; sizes: number[] }> {
  const size = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 600 }))
  return fc.record({
    stream: streamOf(codec),
    sizes: fc.array(size, { minLength: 1, maxLength: 12 }),
  })
}

function cut(stream: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  for (let at = 0, i = 0; at < stream.length; i++) {
    const size = sizes[i % sizes.length] ?? LONGEST_PIECE
    pieces.push(stream.slice(at, at + size))
    at += size
  }
  return pieces
}

function seen(engine: TestEngine, kind: number, record: Recorded): Seen {
  if (record.kind !== EV_HEAD) return { record, head: null }
  const fields = Int32Array.from(record.fields)
  if (kind === FRAMER_DUBBO) return { record, head: dubboEvent(DubboWireHead.read(fields, 0)) }
  const wire = new HttpWireHead(engine.reactor, kind === FRAMER_HTTP_REQUEST, fields, 0)
  return { record, head: headEvent(engine.reactor, wire) }
}

const FRAMED = [EV_HEAD, EV_DATA, EV_MSG_END, EV_BAD]
const LAST = [EV_END, EV_ERROR, EV_BAD]

function feedDirect(engine: TestEngine, { kind }: Codec, pieces: readonly string[]): Seen[] {
  const { reactor } = engine
  const framer = reactor.framerCreate(kind, true)
  const events: Seen[] = []
  for (const piece of pieces) {
    const count = reactor.framerFeed(framer, engine.place(piece), piece.length)
    const records = reactor.tape.slice(0, count * EVENT_STRIDE)
    for (let i = 0; i < count; i++) {
      events.push(seen(engine, kind, recordAt(reactor, records, i * EVENT_STRIDE)))
    }
    reactor.flush()
  }
  reactor.framerFree(framer)
  return events
}

async function feedSocket(
  engine: TestEngine,
  { kind }: Codec,
  pieces: readonly string[],
): Promise<Seen[]> {
  const events: Seen[] = []
  const over = new Promise<void>((resolve) => {
    engine.onEvent = (event) => {
      if (event.kind === EV_ACCEPT) {
        engine.reactor.command2(CMD_FRAMER, event.connection, kind)
        if (kind !== FRAMER_HTTP_RESPONSE) return
        for (let i = 0; i < EXPECTED; i++) engine.reactor.command2(CMD_EXPECT, event.connection, 0)
      } else if (FRAMED.includes(event.kind)) events.push(seen(engine, kind, event))
      if (LAST.includes(event.kind)) resolve()
    }
  })
  const client = await connectClient({ port: engine.port })
  client.setNoDelay(true)
  const { connection } = await engine.take(EV_ACCEPT)
  for (const piece of pieces) {
    client.write(Buffer.from(piece, 'latin1'))
    await new Promise((resolve) => setImmediate(resolve))
  }
  client.end()
  await over
  client.destroy()
  engine.reactor.abort(connection)
  engine.reactor.flush()
  return events
}

/** What comes out of a decoder, as `formatEvents` would write it; errors without their status. */
function feedFilter(codec: Codec, pieces: readonly string[], settles: boolean): string {
  const program = new TestProgram(codec.decoder)
  const session = program.open()
  const { reactor } = program
  const records: Seen[] = []
  let hasFailed = false
  const add = (kind: number, text: string, head: unknown = null): void => {
    records.push({ record: { kind, connection: 0, fields: [kind, 0, 0], text }, head })
  }
  session.process = (event: Event): void => {
    if (hasFailed) return
    if (event.kind === DATA) add(EV_DATA, (event as Data).toBytes().toString('latin1'))
    else if (event.kind === MESSAGE_END) add(EV_MSG_END, (event as MessageEnd).trailers)
    else if (event.kind === MESSAGE_START || event.kind === INTERIM) {
      const { wire, failure } = event as MessageStart
      hasFailed = failure !== ''
      if (hasFailed) add(EV_BAD, '')
      else if (wire instanceof HttpWireHead) add(EV_HEAD, '', headEvent(reactor, wire))
      else add(EV_HEAD, '', dubboEvent(wire as DubboWireHead))
    } else {
      hasFailed = true
      add(EV_BAD, '')
    }
  }
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    session.session.process(Data.borrow(reactor, place(reactor, bytes), bytes.length))
    if (settles) program.settle()
  }
  session.free()
  return withoutReason(codec.log(records))
}

for (const codec of codecs) {
  describe(`${codec.name}, cut anywhere`, () => {
    const engine = new TestEngine()
    after(() => engine.close())
    const cases = cutStreamOf(codec)
    const seed = SEED

    test('a framer of its own gives what the reference gives', () => {
      const property = fc.property(cases, ({ stream, sizes }) => {
        const expected = codec.reference(stream)
        assert.equal(codec.log(feedDirect(engine, codec, cut(stream, sizes))), expected)
        assert.equal(codec.log(feedDirect(engine, codec, [stream])), expected)
      })
      fc.assert(property, { seed, numRuns: 500 })
    })

    test('a decoder among filters gives the same', () => {
      const property = fc.property(cases, fc.boolean(), ({ stream, sizes }, settles) => {
        // What follows a request for another protocol waits for the answer, which nobody gives here.
        fc.pre(!/^upgrade:/im.test(stream))
        const expected = withoutReason(codec.reference(stream))
        assert.equal(feedFilter(codec, cut(stream, sizes), settles), expected)
      })
      fc.assert(property, { seed, numRuns: 300 })
    })

    test('a framer on a socket gives the same', async () => {
      const property = fc.asyncProperty(cases, async ({ stream, sizes }) => {
        const events = await feedSocket(engine, codec, cut(stream, sizes))
        assert.equal(codec.log(events), codec.reference(stream, true))
      })
      await fc.assert(property, { seed, numRuns: 40 })
    })
  })
}
