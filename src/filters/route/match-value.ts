/** A condition on a text that may be missing: a text is short for `exact`. */
export type ValueMatch =
  | string
  | { exact: string }
  | { prefix: string }
  | { regex: string }
  | { present: boolean }

/** A condition on the value of a name. */
export interface ValueTest {
  readonly name: string
  holds(value: string | undefined): boolean
}

/** Makes a condition fit for use; throws a TypeError or SyntaxError for one that is none. */
export function compileValue(name: string, match: ValueMatch): ValueTest {
  if (typeof match === 'string') return exactly(name, match)
  if ('exact' in match) return exactly(name, match.exact)
  if ('present' in match) {
    const { present } = match
    return { name, holds: (value) => (value !== undefined) === present }
  }
  if ('prefix' in match) {
    const { prefix } = match
    return { name, holds: (value) => value?.startsWith(prefix) === true }
  }
  if (!('regex' in match)) throw new TypeError(`no condition for ${name}`)
  const pattern = new RegExp(match.regex)
  return { name, holds: (value) => value !== undefined && pattern.test(value) }
}

function exactly(name: string, text: string): ValueTest {
  return { name, holds: (value) => value === text }
}
