import { MAX_DURATION_MS, parseDuration, parseSize, SIZE_FORM, TIME_FORM } from './quantity.ts'

/** Checks of what scripts pass to filters; the messages are those that script authors know. */

function expected(position: number, what: string): never {
  throw new TypeError(`argument #${position} expects ${what}`)
}

export function checkString(value: unknown, position: number): string {
  return typeof value === 'string' ? value : expected(position, 'a string')
}

export function checkFunction<F>(value: F, position: number): F {
  return typeof value === 'function' ? value : expected(position, 'a function')
}

/** `undefined` and `null` count as absent. */
export function checkOptionalObject<T extends object>(
  value: T | null | undefined,
  position: number,
): T | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? value : expected(position, 'an object')
}

/** Options by name of which some are numbers, or texts with units. */
type Quantities<Name extends string> = { readonly [N in Name]?: number | string | undefined }

/** Milliseconds of an option that is a time: seconds, or a text such as `'500ms'` or `'2m'`. */
export function timeOption<Name extends string>(
  options: Quantities<Name>,
  name: Name,
  otherwise: number,
): number {
  const ms = read(options[name] ?? otherwise, TIME_FORM, parseDuration)
  if (ms >= 0 && ms <= MAX_DURATION_MS) return ms
  throw new TypeError(`option ${name} must be seconds or a text such as "500ms" or "2m"`)
}

/** Bytes of an option that is a size: a number, or a text such as `'16k'`. */
export function sizeOption<Name extends string>(
  options: Quantities<Name>,
  name: Name,
  otherwise: number,
): number {
  const bytes = read(options[name] ?? otherwise, SIZE_FORM, parseSize)
  if (bytes >= 0) return bytes
  throw new TypeError(`option ${name} must be a number of bytes or a text such as "16k"`)
}

/** NaN for what is no quantity. */
function read(value: unknown, form: RegExp, parse: (value: number | string) => number): number {
  if (typeof value === 'number') return parse(value)
  return typeof value === 'string' && form.test(value) ? parse(value) : Number.NaN
}

/** An option that counts something. */
export function countOption<Name extends string>(
  options: { readonly [N in Name]?: number | undefined },
  name: Name,
  otherwise: number,
  least: number = 0,
): number {
  const value: unknown = options[name] ?? otherwise
  if (typeof value === 'number' && value >= least) return value
  const bound = Number.isFinite(least) ? ` of at least ${least}` : ''
  throw new TypeError(`option ${name} must be a number${bound}`)
}
