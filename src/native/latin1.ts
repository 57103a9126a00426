import type { Buffer } from 'node:buffer'

/**
 * What every Node buffer has and its types leave out: `toString('latin1', …)` and `write(…)`
 * without finding out at each call which encoding was meant.
 */
interface Latin1Methods {
  latin1Slice(start: number, end: number): string
  latin1Write(text: string, offset: number, length: number): number
}

/** Text of a range of bytes, one character a byte. */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as Buffer & Latin1Methods).latin1Slice(start, end)
}

/** Writes text, one byte a character. */
export function writeLatin1(bytes: Buffer, text: string, offset: number): void {
  ;(bytes as Buffer & Latin1Methods).latin1Write(text, offset, text.length)
}
