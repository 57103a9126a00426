/** The Dubbo messages of the benchmark: requests of 1 KB, answers of 100 bytes. */
const HEAD_BYTES = 16
const ID_LOW_AT = 8
const STATUS_AT = 3
const STATUS_OK = 20
const TWO_WAY_REQUEST = 0xc2
const HESSIAN2 = 2

export const REQUEST_BYTES: number = HEAD_BYTES + 1024
export const ANSWER_BYTES: number = HEAD_BYTES + 100

/** `count` requests one after the other; their ids are set before each use. */
export function makeRequests(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => makeFrame(TWO_WAY_REQUEST, 0, 1024)))
}

/** `count` answers one after the other; their ids are set before each use. */
export function makeAnswers(count: number): Buffer {
  return Buffer.concat(Array.from({ length: count }, () => makeFrame(HESSIAN2, STATUS_OK, 100)))
}

export function setId(bytes: Buffer, at: number, id: number): void {
  bytes.writeUInt32BE(id, at + ID_LOW_AT)
}

export function getId(bytes: Buffer, at: number): number {
  return bytes.readUInt32BE(at + ID_LOW_AT)
}

export function isGood(bytes: Buffer, at: number): boolean {
  return bytes.readUInt16BE(at) === 0xdabb && bytes[at + STATUS_AT] === STATUS_OK
}

/** Calls `take` with whole messages of one size, however the stream is cut. */
export function wholeFrames(
  frameBytes: number,
  take: (bytes: Buffer, count: number) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    const count = Math.floor(bytes.length / frameBytes)
    rest = bytes.subarray(count * frameBytes)
    if (count > 0) take(bytes, count)
  }
}

function makeFrame(flags: number, status: number, bodyBytes: number): Buffer {
  const bytes = Buffer.alloc(HEAD_BYTES + bodyBytes, 'x')
  bytes.writeUInt16BE(0xdabb, 0)
  bytes.writeUInt8(flags, 2)
  bytes.writeUInt8(status, STATUS_AT)
  bytes.writeUInt32BE(0, 4)
  bytes.writeUInt32BE(bodyBytes, 12)
  return bytes
}
