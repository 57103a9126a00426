import type { IncomingHttpHeaders } from 'node:http'

/** Tags of versions of a file, or any version. */
export type Tags = readonly string[] | '*'

/** When a file may be written. */
export interface WriteCondition {
  /** There is one, of one of these tags. */
  readonly match?: Tags | undefined
  /** There is none of these tags. */
  readonly noneMatch?: Tags | undefined
}

/** What a request says of it. RFC 9110 §13.1.1: weak tags do not match; §13.1.2: there they do. */
export function writeConditionOf({
  'if-match': match,
  'if-none-match': noneMatch,
}: IncomingHttpHeaders): WriteCondition {
  return {
    match: match === undefined ? undefined : tagsOf(match, /(?<!W\/)"[^"]*"/g),
    noneMatch: noneMatch === undefined ? undefined : tagsOf(noneMatch, /"[^"]*"/g),
  }
}

/** Whether these are tags of the version that is there; undefined if none is. */
export function isOneOf(tags: Tags, tag: string | undefined): boolean {
  return tag !== undefined && (tags === '*' || tags.includes(tag))
}

function tagsOf(field: string, pattern: RegExp): Tags {
  return field.trim() === '*' ? '*' : (field.match(pattern) ?? [])
}
