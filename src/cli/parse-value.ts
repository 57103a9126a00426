import { readDuration } from '../engine/quantity.ts'
import { UsageError } from './usage-error.ts'

/** Parses seconds, or a number with `ms`, `s`, `m` or `h`, to milliseconds. */
export function parseDuration(option: string, text: string): number {
  const ms = readDuration(text)
  if (ms === undefined)
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

const SIZE_UNITS: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** Parses a number, or one with `k`, `m` or `g` (powers of 1024), within bounds. */
export function parseSize(
  option: string,
  text: string,
  { min, max }: { min: number; max: number },
): number {
  const [, digits, unit = ''] = /^(\d+)([kmg])?$/i.exec(text) ?? []
  const value = Number(digits) * (SIZE_UNITS[unit.toLowerCase()] ?? 1)
  if (digits === undefined || value < min || value > max)
    throw new UsageError(
      `--${option} ${text}: want a number from ${min} to ${max}, or a size such as 64k or 10m`,
    )
  return value
}
