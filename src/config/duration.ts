import { readDuration } from '../engine/quantity.ts'

/** Milliseconds of a duration that has been checked. */
export function milliseconds(value: number | string): number {
  const ms = readDuration(value)
  if (ms === undefined) throw new TypeError(`no duration: ${value}`)
  return ms
}

/** The text of a duration. */
export function formatDuration(ms: number): string {
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`
}
