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
