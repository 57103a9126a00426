import type { ByteStream } from '../support/byte-stream.ts'

/** How the bytes of a case are written: at once, or each by itself. */
export type Cut = 'whole' | 'byte by byte'

/** Long heads are cut into so many pieces: each costs a turn of the event loop. */
const MOST_PIECES = 500

/** Writes Latin-1 text; the pieces of it are packets of their own as far as one can tell. */
export async function write(stream: ByteStream, text: string, cut: Cut): Promise<void> {
  if (cut === 'whole') return void stream.write(text)
  const size = Math.ceil(text.length / MOST_PIECES)
  for (let at = 0; at < text.length; at += size) {
    stream.write(text.slice(at, at + size))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
