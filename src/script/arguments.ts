/**
 * Checks of what scripts pass to the classes and functions they see. The messages are those that
 * script authors know; nothing is converted. Positions count from 1.
 */

/** Checks that at least `least` arguments were given. */
export function checkCount(given: number, least: number): void {
  if (given < least) throw new TypeError(`requires ${least} or more arguments`)
}

/** Checks for a number. */
export function checkNumber(value: unknown, position: number): number {
  return typeof value === 'number' ? value : expected(position, 'a number')
}

/** Checks for a string. */
export function checkString(value: unknown, position: number): string {
  return typeof value === 'string' ? value : expected(position, 'a string')
}

/** Checks for a function. */
export function checkFunction<F extends CallableFunction>(value: F, position: number): F {
  return typeof value === 'function' ? value : expected(position, 'a function')
}

/** Checks for an object; `null` and `undefined` count as absent. */
export function checkOptionalObject<T extends object>(
  value: T | null | undefined,
  position: number,
): T | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'object' ? value : expected(position, 'an object')
}

/** Checks for an instance of a class. */
export function checkInstance<T>(
  value: unknown,
  type: abstract new (...args: never[]) => T,
  position: number,
): T {
  return value instanceof type ? value : expected(position, `an instance of ${type.name}`)
}

/** Throws the error for an argument of the wrong type; `what` as in `a number`. */
export function expected(position: number, what: string): never {
  throw new TypeError(`argument #${position} expects ${what}`)
}
