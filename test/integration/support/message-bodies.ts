/** Size of a head and of the body that follows it, in bytes; `null` if the head is not complete. */
export type HeadReader = (bytes: Buffer) => { head: number; body: number } | null

/** Reads the head of an HTTP message, or of a chunk: its line, and the end of the one before. */
export const httpHead: HeadReader = (bytes) => {
  if (bytes[0] === 'H'.charCodeAt(0)) {
    const end = bytes.indexOf('\r\n\r\n')
    if (end < 0) return null
    const length = /^content-length: (\d+)\r$/im.exec(bytes.toString('latin1', 0, end + 4))?.[1]
    return { head: end + 4, body: Number(length ?? 0) }
  }
  const line = /^(?:\r\n)?([0-9a-f]+)\r\n/i.exec(bytes.toString('latin1', 0, 20))
  if (line === null) return null
  const body = Number.parseInt(line[1] ?? '', 16)
  const head = line[0].length + (body === 0 ? 2 : 0)
  return bytes.length < head ? null : { head, body }
}

/** Reads the head of a Dubbo message. */
export const dubboHead: HeadReader = (bytes) =>
  bytes.length < 16 ? null : { head: 16, body: bytes.readUInt32BE(12) }

/** The bodies of consecutive messages, without their heads, as the bytes come. */
export async function* bodies(
  from: AsyncIterable<Buffer>,
  read: HeadReader,
): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0)
  let left = 0
  for await (const piece of from) {
    let data = head.length > 0 ? Buffer.concat([head, piece]) : piece
    head = Buffer.alloc(0)
    while (data.length > 0) {
      if (left === 0) {
        const found = read(data)
        if (found === null) {
          head = Buffer.from(data)
          break
        }
        left = found.body
        data = data.subarray(found.head)
      }
      const body = data.subarray(0, left)
      left -= body.length
      data = data.subarray(body.length)
      if (body.length > 0) yield body
    }
  }
}
