import type { ServedFile } from './served-file.ts'

/** The fields of a request that ask for a file only if something holds, or for a part of it. */
export interface Conditions {
  readonly ifMatch: string | undefined
  readonly ifNoneMatch: string | undefined
  readonly ifModifiedSince: string | undefined
  readonly ifUnmodifiedSince: string | undefined
  readonly ifRange: string | undefined
  readonly range: string | undefined
}

/** RFC 9110 §13.2.2: 304 or 412 in place of the file, or 200. */
export function evaluateConditions(conditions: Conditions, file: ServedFile): 200 | 304 | 412 {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions
  if (ifMatch !== undefined) {
    // RFC 9110 §13.1.1: by strong comparison, which a weak tag never passes.
    if (!tagsOf(ifMatch).some((tag) => tag === '*' || tag === file.etag)) return 412
  } else if (ifUnmodifiedSince !== undefined) {
    const time = secondsOf(ifUnmodifiedSince)
    if (time !== undefined && file.modifiedSeconds > time) return 412
  }
  if (ifNoneMatch !== undefined) {
    // §13.1.2: by weak comparison.
    const isKnown = tagsOf(ifNoneMatch).some(
      (tag) => tag === '*' || tag.replace(/^W\//, '') === file.etag,
    )
    return isKnown ? 304 : 200
  }
  if (ifModifiedSince === undefined) return 200
  const time = secondsOf(ifModifiedSince)
  return time !== undefined && file.modifiedSeconds <= time ? 304 : 200
}

/** Bytes of a file, the last one included; a part that is not there; or all of it. */
export type Part = { from: number; to: number } | 'none' | 'all'

const BYTES = /^bytes=(\d*)-(\d*)$/

/**
 * What of a file is asked for. RFC 9110 §14.2 lets a server ignore a Range: so we do with several
 * parts at once, other units, and what is malformed.
 */
export function partOf({ range, ifRange }: Conditions, file: ServedFile): Part {
  if (range === undefined || (ifRange !== undefined && !isSame(ifRange, file))) return 'all'
  const [match, first = '', last = ''] = BYTES.exec(range.replace(/\s/g, '')) ?? []
  if (match === undefined || (first === '' && last === '')) return 'all'
  const { size } = file
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'none' : { from: size - length, to: size - 1 }
  }
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return 'all'
  return from >= size ? 'none' : { from, to }
}

/** RFC 9110 §13.1.5: whether what the client has is of the same bytes. */
function isSame(ifRange: string, file: ServedFile): boolean {
  return ifRange.startsWith('"') ? ifRange === file.etag : ifRange === file.lastModified
}

/** Entity tags are ours, or never equal: none of ours has a comma. */
function tagsOf(field: string): string[] {
  return field.split(',').map((tag) => tag.trim())
}

function secondsOf(date: string): number | undefined {
  const time = Date.parse(date)
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}
