import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SpanPiece } from '../../../src/observability/tracing/span-record.ts'
import { SpanSender } from '../../../src/worker/span-sender.ts'

function start(): { sender: SpanSender; posted: SpanPiece[] } {
  const posted: SpanPiece[] = []
  return { sender: new SpanSender((piece) => posted.push(piece)), posted }
}

/** A line of so many bytes. */
function line(length: number): Buffer {
  return Buffer.from(`${'x'.repeat(length - 1)}\n`)
}

test('one piece is on its way at a time', () => {
  const { sender, posted } = start()
  sender.write(line(2))
  sender.write(line(3))
  assert.deepEqual(posted, [{ lines: 'x\n', dropped: 0 }])
  sender.taken()
  assert.deepEqual(posted.slice(1), [{ lines: 'xx\n', dropped: 0 }])
  sender.taken()
  sender.write(line(4))
  assert.equal(posted.length, 3)
})

test('what is not taken in time is dropped, and told with the next piece', () => {
  const { sender, posted } = start()
  const piece = Buffer.concat(Array.from({ length: 8 }, () => line(32 * 1024)))
  for (let i = 0; i < 6; i++) sender.write(piece)
  sender.taken()
  sender.taken()
  assert.deepEqual(
    posted.map(({ dropped }) => dropped),
    [0, 8, 0],
  )
  // There is room again.
  sender.write(line(2))
  sender.finish()
  assert.equal(posted.at(-1)?.lines, 'x\n')
})

test('at the end all is sent, also what was not complete as a piece', () => {
  const { sender, posted } = start()
  sender.write(line(2))
  sender.write(line(3))
  sender.lines.out.plain('{}\n')
  sender.lines.lineEnded()
  sender.finish()
  assert.deepEqual(
    posted.map(({ lines }) => lines),
    ['x\n', 'xx\n', '{}\n'],
  )
})
