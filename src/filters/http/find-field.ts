import type { Buffer } from 'node:buffer'
import { readLatin1 } from '../../native/latin1.ts'

const LF = 0x0a
const CR = 0x0d
const SP = 0x20
const TAB = 0x09
const COLON = 0x3a

/**
 * The value of the first field of a lower-case name in a head that the codec has accepted, which is
 * at `from` to `to` in `bytes`, as Latin-1. `undefined` if there is none.
 */
export function fieldOfBytes(
  bytes: Buffer,
  from: number,
  to: number,
  name: string,
): string | undefined {
  const at = lineOfBytes(bytes, from, to, name)
  return at < 0 ? undefined : valueAt(bytes, at + name.length + 1)
}

/** Whether such a head has more than one field of a lower-case name. */
export function isRepeatedInBytes(bytes: Buffer, from: number, to: number, name: string): boolean {
  const first = lineOfBytes(bytes, from, to, name)
  return first >= 0 && lineOfBytes(bytes, first, to, name) >= 0
}

/** Where the first line behind the one at `from` is that has the name; -1 if there is none. */
function lineOfBytes(bytes: Buffer, from: number, to: number, name: string): number {
  const size = name.length
  let at = bytes.indexOf(LF, from) + 1
  while (at > 0 && at + size < to) {
    if (bytes[at + size] === COLON && isNamed(bytes, at, name)) return at
    at = bytes.indexOf(LF, at) + 1
  }
  return -1
}

/** The same of a head that is text. */
export function fieldOfText(text: string, name: string): string | undefined {
  const at = lineOfText(text, 0, name)
  if (at < 0) return undefined
  return text.slice(at + name.length + 1, text.indexOf('\n', at)).trim()
}

/** The same of a head that is text. */
export function isRepeatedInText(text: string, name: string): boolean {
  const first = lineOfText(text, 0, name)
  return first >= 0 && lineOfText(text, first, name) >= 0
}

function lineOfText(text: string, from: number, name: string): number {
  const size = name.length
  for (let at = text.indexOf('\n', from) + 1; at > 0; at = text.indexOf('\n', at) + 1) {
    if (text.charCodeAt(at + size) === COLON && isNamedInText(text, at, name)) return at
  }
  return -1
}

function isNamedInText(text: string, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const code = text.charCodeAt(at + i)
    const isUpper = code >= 0x41 && code <= 0x5a
    if ((isUpper ? code | 0x20 : code) !== name.charCodeAt(i)) return false
  }
  return true
}

function isNamed(bytes: Buffer, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++) {
    const byte = bytes[at + i] as number
    const isUpper = byte >= 0x41 && byte <= 0x5a
    if ((isUpper ? byte | 0x20 : byte) !== name.charCodeAt(i)) return false
  }
  return true
}

/** The text from `at` to the end of the line, without white space around it. */
function valueAt(bytes: Buffer, at: number): string {
  let from = at
  let to = bytes.indexOf(LF, at)
  if (bytes[to - 1] === CR) to--
  while (from < to && isBlank(bytes[from])) from++
  while (to > from && isBlank(bytes[to - 1])) to--
  return readLatin1(bytes, from, to)
}

function isBlank(byte: number | undefined): boolean {
  return byte === SP || byte === TAB
}
