import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reasonText } from '../../../src/native/addon.ts'
import {
  CMD_END,
  CMD_FRAMER,
  CMD_SEND,
  CMD_SEND_COPY,
  EV_ACCEPT,
  EV_BAD,
  EV_DATA,
  EV_END,
  EV_ERROR,
  EV_HEAD,
  EVENT_STRIDE,
  FRAMER_DUBBO,
} from '../../../src/native/protocol.ts'
import { type DubboEvent, DubboReference } from '../../reference/dubbo.ts'
import { formatDubboEvents, readDubboVectors } from '../../reference/dubbo-vectors.ts'
import { frame } from '../../support/dubbo-frames.ts'
import { connectClient, type Recorded, readAll, recordAt, TestEngine } from './test-engine.ts'

/** Records as the events of the reference. */
function toEvents(records: readonly Recorded[]): DubboEvent[] {
  return records.map(({ kind, fields, text }) => {
    const [, , , reason = 0, , flags = 0, status = 0, high = 0, low = 0, length = 0] = fields
    if (kind === EV_DATA) return { kind: 'data', bytes: text }
    if (kind === EV_BAD) return { kind: 'error', reason: reasonText(reason) }
    if (kind !== EV_HEAD) return { kind: 'end' }
    return { kind: 'head', flags, status, id: (BigInt(high) << 32n) | BigInt(low >>> 0), length }
  })
}

function feedDirect(engine: TestEngine, pieces: readonly string[]): string {
  const { reactor } = engine
  const framer = reactor.framerCreate(FRAMER_DUBBO, false)
  const records: Recorded[] = []
  for (const piece of pieces) {
    if (piece === '') continue
    const count = reactor.framerFeed(framer, engine.place(piece), piece.length)
    for (let i = 0; i < count; i++) records.push(recordAt(reactor, reactor.tape, i * EVENT_STRIDE))
  }
  reactor.framerFree(framer)
  return formatDubboEvents(toEvents(records))
}

test('the direct framer gives what the vectors say, wherever they are cut', () => {
  const engine = new TestEngine()
  for (const { title, input, maxBodyBytes } of readDubboVectors()) {
    if (maxBodyBytes !== undefined) continue
    const reference = new DubboReference()
    reference.feed(input)
    const expected = formatDubboEvents(reference.events)
    for (let cut = 0; cut <= input.length; cut++) {
      const pieces = [input.slice(0, cut), input.slice(cut)]
      assert.equal(feedDirect(engine, pieces), expected, `${title}, cut at ${cut}`)
    }
    engine.reactor.flush()
  }
  engine.close()
})

test('the limit of a body is an option', () => {
  const engine = new TestEngine({ maxDubboBodyBytes: 4 })
  const fits = feedDirect(engine, [frame(2, 1, '1234').toString('latin1')])
  assert.match(fits, /\nend\n$/)
  const text = feedDirect(engine, [frame(2, 1, '12345').toString('latin1')])
  assert.equal(text, 'error body too large\n')
  engine.close()
})

test('a framed connection gives heads, bodies and ends, or is refused, or cut short', async () => {
  const input = readDubboVectors().find(({ title }) => title === 'pipelined requests')?.input ?? ''
  for (const [tail, ending] of [
    ['', EV_END],
    ['x', EV_BAD],
    ['\xda\xbb', EV_ERROR],
  ] as const) {
    const engine = new TestEngine()
    const records: Recorded[] = []
    engine.onEvent = (event) => {
      if (event.kind === EV_ACCEPT) {
        engine.reactor.command2(CMD_FRAMER, event.connection, FRAMER_DUBBO)
      } else if (event.kind !== EV_END && event.kind !== EV_ERROR) records.push(event)
    }
    const client = await connectClient({ port: engine.port })
    const { connection } = await engine.take(EV_ACCEPT)
    for (let at = 0; at < input.length; at += 7) {
      client.write(Buffer.from(input.slice(at, at + 7), 'latin1'))
      await new Promise((resolve) => setImmediate(resolve))
    }
    client.end(Buffer.from(tail, 'latin1'))
    await engine.take(ending, connection)
    const reference = new DubboReference()
    reference.feed(`${input}${tail}`)
    assert.equal(formatDubboEvents(toEvents(records)), formatDubboEvents(reference.events))
    engine.close()
  }
})

test('SEND_COPY keeps its place between other output', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const received = readAll(client)
  const { connection } = await engine.take(EV_ACCEPT)
  const body = 'b'.repeat(5000)
  engine.reactor.command3(CMD_SEND_COPY, connection, engine.place('head1 '), 6)
  engine.reactor.command3(CMD_SEND, connection, engine.place('small '), 6)
  engine.reactor.command3(CMD_SEND_COPY, connection, engine.place('head2 '), 6)
  engine.reactor.command3(CMD_SEND, connection, engine.place(body), body.length)
  engine.reactor.command3(CMD_SEND_COPY, connection, engine.place(''), 0)
  engine.reactor.command3(CMD_SEND_COPY, connection, engine.place(' tail'), 5)
  engine.reactor.command1(CMD_END, connection)
  engine.reactor.flush()
  assert.equal(await received, `head1 small head2 ${body} tail`)
  engine.close()
})
