import { Data } from '../../engine/data.ts'
import { ByteWriter } from './byte-writer.ts'
import { CHUNK_SIZE, MAX_HESSIAN_DEPTH } from './limits.ts'

const MIN_INT64 = -(2n ** 63n)
const MAX_INT64 = 2n ** 63n - 1n

/**
 * Writes a value as Hessian 2.0. The elements of an array at the top stand one after the other
 * without a list around them, as in the body of a Dubbo request.
 */
export function encodeHessian(value: unknown): Buffer {
  const writer = new ByteWriter()
  if (Array.isArray(value)) for (const element of value) write(writer, element, 0)
  else write(writer, value, 0)
  return writer.finish()
}

function write(to: ByteWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      to.byte(value ? 0x54 : 0x46) // T, F
      break
    case 'number':
      writeNumber(to, value)
      break
    case 'bigint':
      if (value < MIN_INT64 || value > MAX_INT64) throw new Error('number too large for Hessian')
      to.byte(0x4c) // L
      to.int64(value)
      break
    case 'string':
      writeString(to, value)
      break
    case 'object':
      if (value === null) to.byte(0x4e)
      else writeObject(to, value, depth)
      break
    default:
      to.byte(0x4e) // N
  }
}

function writeNumber(to: ByteWriter, value: number): void {
  if (!Number.isInteger(value) || Object.is(value, -0) || Math.abs(value) >= 2 ** 63) {
    to.byte(0x44) // D
    to.double(value)
  } else if (value === (value | 0)) {
    to.byte(0x49) // I
    to.int32(value)
  } else {
    to.byte(0x4c) // L
    to.int64(BigInt(value))
  }
}

/** Length in UTF-16 units, then the text; a long one in chunks that do not part surrogate pairs. */
function writeString(to: ByteWriter, text: string): void {
  let at = 0
  while (text.length - at > 0xffff) {
    let end = at + CHUNK_SIZE
    if (isHighSurrogate(text.charCodeAt(end - 1))) end--
    to.byte(0x52) // R
    to.uint16(end - at)
    to.units(text, at, end)
    at = end
  }
  const rest = text.length - at
  if (rest < 32) to.byte(rest)
  else if (rest < 1024) to.uint16(0x3000 | rest)
  else {
    to.byte(0x53) // S
    to.uint16(rest)
  }
  to.units(text, at, text.length)
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00
}

function writeObject(to: ByteWriter, value: object, depth: number): void {
  // Also what a value that contains itself runs into.
  if (depth >= MAX_HESSIAN_DEPTH) throw new Error('value is nested too deeply for Hessian')
  if (value instanceof Data) writeBinary(to, value.toBytes())
  else if (value instanceof Uint8Array) writeBinary(to, value)
  else if (value instanceof Date) {
    to.byte(0x4a)
    to.int64(BigInt(Math.trunc(value.getTime()) || 0))
  } else if (Array.isArray(value)) {
    writeList(to, value, depth)
  } else {
    to.byte(0x48) // H
    for (const [key, member] of value instanceof Map ? value : Object.entries(value)) {
      write(to, key, depth + 1)
      write(to, member, depth + 1)
    }
    to.byte(0x5a) // Z
  }
}

/** With its length: not every peer reads lists of unknown length (`W` … `Z`). */
function writeList(to: ByteWriter, list: readonly unknown[], depth: number): void {
  if (list.length < 8) to.byte(0x78 + list.length)
  else {
    to.byte(0x58) // X
    writeNumber(to, list.length)
  }
  for (const element of list) write(to, element, depth + 1)
}

function writeBinary(to: ByteWriter, bytes: Uint8Array): void {
  let at = 0
  while (bytes.length - at > 0xffff) {
    to.byte(0x41) // A
    to.uint16(CHUNK_SIZE)
    to.bytes(bytes.subarray(at, at + CHUNK_SIZE))
    at += CHUNK_SIZE
  }
  to.byte(0x42) // B
  to.uint16(bytes.length - at)
  to.bytes(bytes.subarray(at))
}
