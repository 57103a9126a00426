import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'

/** Size of the stream in bytes: several times what sockets, queues and filters may hold. */
export const STREAM_SIZE: number = 128 << 20
/**
 * What may be taken of it while nobody reads: queues here and in the buffers of four sockets, each of
 * which the kernel lets grow on its own; those of receivers up to 32 MB (`tcp_rmem`) on some machines.
 */
export const MOST_STUCK: number = 96 << 20
/** Size of a block of the stream in bytes. */
export const BLOCK_SIZE: number = 1 << 20

/** Block `index` of the stream: no two are alike, so that a block lost or moved is seen. */
export function block(index: number): Buffer {
  return Buffer.alloc(BLOCK_SIZE, `${index}-block `)
}

/** Writes the stream as fast as it is taken; `count` is told the bytes written so far. */
export async function pour(
  to: Writable,
  count: (written: number) => void,
  wrap: (body: Buffer, index: number) => Buffer = (body) => body,
): Promise<void> {
  for (let index = 0; index < STREAM_SIZE / BLOCK_SIZE; index++) {
    if (!to.write(wrap(block(index), index))) await once(to, 'drain')
    count((index + 1) * BLOCK_SIZE)
  }
}

/** The bytes of a socket or body, which stays open when nobody wants more of them. */
export function bytesOf(from: Readable): AsyncIterable<Buffer> {
  return from.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
}

/** Reads until all of the stream has come, and fails when a byte differs. */
export async function verify(from: AsyncIterable<Buffer>): Promise<void> {
  let at = 0
  let current = block(0)
  for await (const piece of from) {
    for (let taken = 0; taken < piece.length; ) {
      const within = at % BLOCK_SIZE
      const take = Math.min(piece.length - taken, BLOCK_SIZE - within)
      const isSame = piece.compare(current, within, within + take, taken, taken + take) === 0
      assert.ok(isSame, `bytes from ${at} on differ`)
      at += take
      taken += take
      if (at % BLOCK_SIZE === 0) current = block(at / BLOCK_SIZE)
    }
    if (at >= STREAM_SIZE) break
  }
  assert.equal(at, STREAM_SIZE)
}

/** Waits until a count has stood still for a while: nothing tells that no more will come. */
export async function settled(count: () => number): Promise<number> {
  let before = -1
  for (let now = count(); now === 0 || now !== before; now = count()) {
    before = now
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  return before
}
