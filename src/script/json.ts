import { Data } from '../engine/data.ts'
import { checkInstance, checkString, expected } from './arguments.ts'

/** Changes or drops (by `undefined`) a value that is about to be written; the root has no key. */
export type JsonReplacer = (
  key: string | undefined,
  value: unknown,
  holder: object | null,
) => unknown

/** The largest indentation per level, as in JavaScript. */
const MAX_INDENT = 10

/** Parses JSON text; undefined when it is not valid. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(checkString(text, 1))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Renders a value as JSON text; undefined for what JSON has no form of. */
export function stringifyJson(
  value: unknown,
  replacer?: JsonReplacer | null,
  space?: number | null,
): string | undefined {
  const indent = indentOf(space)
  if (replacer === undefined || replacer === null) {
    return stringifyPlain(value, indent)
  }
  if (typeof replacer !== 'function') expected(2, 'a function')
  let isRoot = true
  return JSON.stringify(
    value,
    function replace(this: object, key: string, member: unknown): unknown {
      if (!isRoot) return bigIntAsText(key, replacer(key, member, this))
      isRoot = false
      return bigIntAsText(key, replacer(undefined, member, null))
    },
    indent,
  )
}

/** The `JSON` that scripts see. */
export interface ScriptJson {
  parse(text: string): unknown
  stringify(
    value: unknown,
    replacer?: JsonReplacer | null,
    space?: number | null,
  ): string | undefined
  /** Parses JSON bytes; undefined when they are not valid. */
  decode(data: Data): unknown
  /** Renders a value as JSON bytes; what JSON has no form of becomes `null`. */
  encode(value: unknown, replacer?: JsonReplacer | null, space?: number | null): Data
}

/** The `JSON` that scripts see. */
export const scriptJson: ScriptJson = {
  parse: parseJson,
  stringify: stringifyJson,

  decode(data) {
    return parseJson(checkInstance(data, Data, 1).toString())
  },

  encode(value, replacer, space) {
    return new Data(stringifyJson(value, replacer, space) ?? 'null')
  },
}

function stringifyPlain(value: unknown, indent: number): string | undefined {
  try {
    return JSON.stringify(value, null, indent)
  } catch (error) {
    // A cycle throws the same error again; a BigInt is rare, and calling back per member is slow.
    if (error instanceof TypeError) return JSON.stringify(value, bigIntAsText, indent)
    throw error
  }
}

/** Integers that a number cannot hold, as Hessian decodes them, keep all their digits as text. */
function bigIntAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}

function indentOf(space: number | null | undefined): number {
  if (space === undefined || space === null) return 0
  if (typeof space !== 'number') expected(3, 'a number')
  return Math.min(Math.max(space, 0), MAX_INDENT)
}
