import { checkFunction, expected } from './arguments.ts'

type Step = (index: number) => unknown

/**
 * Calls `f(0)`, `f(1)`, … until it returns something falsy, at most `count` times if that is given.
 * Returns the last result.
 */
export function repeat(f: Step): unknown
export function repeat(count: number, f: Step): unknown
export function repeat(first: number | Step, second?: Step): unknown {
  if (typeof first === 'function') return run(Number.POSITIVE_INFINITY, first)
  if (typeof first !== 'number') return expected(1, 'a number or a function')
  return run(first, checkFunction(second as Step, 2))
}

function run(count: number, f: Step): unknown {
  let result: unknown
  for (let i = 0; i < count; i++) {
    result = f(i)
    if (!result) break
  }
  return result
}
