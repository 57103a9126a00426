import { UsageError } from './usage-error.ts'

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Longest time a timer of 32 bits can wait. */
const MAX_DURATION_MS = 2 ** 31 - 1

/** Parses seconds, or a number with `ms`, `s`, `m` or `h`, to milliseconds. */
export function parseDuration(option: string, text: string): number {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  const ms = Math.round(Number(number) * (UNITS_MS[unit] ?? 1000))
  if (number === undefined || ms > MAX_DURATION_MS)
    throw new UsageError(`--${option} ${text}: want seconds, or a time such as 500ms or 2m`)
  return ms
}

/** Parses a whole number within bounds. */
export function parseInteger(option: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw new UsageError(`--${option} ${text}: want a number from ${min} to ${max}`)
  return value
}

/** Checks that a value is one of a few words. */
export function parseChoice<T extends string>(
  option: string,
  text: string,
  choices: readonly T[],
): T {
  const choice = choices.find((word) => word === text)
  if (choice === undefined)
    throw new UsageError(
      `--${option} ${text}: want ${choices.join(', ').replace(/, ([^,]*)$/, ' or $1')}`,
    )
  return choice
}
