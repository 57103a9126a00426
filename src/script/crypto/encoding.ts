import { Data, type DataEncoding } from '../../engine/data.ts'
import { expected } from '../arguments.ts'

/** The bytes of `Data`, or of text in an encoding. */
export function bytesOf(
  value: Data | string,
  position: number,
  encoding?: DataEncoding | null,
): Buffer {
  if (value instanceof Data) return value.toBytes()
  if (typeof value === 'string') return new Data(value, encoding ?? 'utf8').toBytes()
  return expected(position, 'a string or an instance of Data')
}

/** Bytes as `Data`, or as text if an encoding is given. */
export function inEncoding(bytes: Buffer, encoding?: DataEncoding | null): Data | string {
  if (encoding === undefined || encoding === null) return Data.fromBytes(bytes)
  if (!ENCODINGS.has(encoding)) throw new TypeError(`unknown encoding: ${String(encoding)}`)
  return bytes.toString(encoding === 'hdex' ? 'hex' : encoding)
}

const ENCODINGS: ReadonlySet<string> = new Set(['utf8', 'base64', 'base64url', 'hex', 'hdex'])
