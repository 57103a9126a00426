const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Longest time a timer of 32 bits can wait. */
const MAX_DURATION_MS = 2 ** 31 - 1

/** Milliseconds of seconds, or of a text with `ms`, `s`, `m` or `h`; `undefined` for others. */
export function readDuration(value: number | string): number | undefined {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(String(value)) ?? []
  const ms = Math.round(Number(number) * (UNITS_MS[unit] ?? 1000))
  return number === undefined || ms > MAX_DURATION_MS ? undefined : ms
}

/** The same of what has been checked. */
export function milliseconds(value: number | string): number {
  const ms = readDuration(value)
  if (ms === undefined) throw new TypeError(`no duration: ${value}`)
  return ms
}
