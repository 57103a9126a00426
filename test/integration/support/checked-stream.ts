import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'

/** Size of the stream in bytes: several times what sockets, queues and filters may hold. */
export const STREAM_SIZE: number = 128 << 20
/** What queues on the way may hold, in the proxy and at the peers, in bytes. */
const QUEUES = 12 << 20
/**
 * What may be taken of it while nobody reads: queues, and what the kernel lets the buffers of two
 * connections grow to, from 10 MB each to more than 36 MB.
 */
export const MOST_STUCK: number = QUEUES + 2 * (mostBuffered('tcp_rmem') + mostBuffered('tcp_wmem'))
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

/** The largest buffer by a setting of the kernel, in bytes: the last of three numbers. */
function mostBuffered(setting: string): number {
  return Number(readFileSync(`/proc/sys/net/ipv4/${setting}`, 'latin1').trim().split(/\s+/).at(-1))
}
