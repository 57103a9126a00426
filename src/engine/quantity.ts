/** Seconds per unit letter of a duration; no letter means seconds. */
const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 }
const SIZE_UNITS: Readonly<Record<string, number>> = {
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/** Texts that `parseDuration` takes as a script means them; of others it makes 0, or something else. */
export const TIME_FORM = /^\d+(\.\d+)?(ms|[smhd])?$/i
/** And `parseSize`. */
export const SIZE_FORM = /^\d+[kmgt]?$/i

/** Milliseconds of `5`, `'5s'`, `'500ms'`, `'0.5m'`, `'1h'` or `'1d'`; a bare number counts seconds. */
export function parseDuration(value: number | string): number {
  if (typeof value === 'number') return value * 1000
  const amount = Number.parseFloat(value) || 0
  if (/ms$/i.test(value)) return amount
  return amount * (DURATION_UNITS[value.slice(-1).toLowerCase()] ?? 1) * 1000
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Longest time a timer of 32 bits can wait. */
export const MAX_DURATION_MS: number = 2 ** 31 - 1

/** Milliseconds of seconds, or of a text with `ms`, `s`, `m` or `h`; `undefined` for others. */
export function readDuration(value: unknown): number | undefined {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(String(value)) ?? []
  const exact = Number(number) * (UNITS_MS[unit] ?? 1000)
  // 0 means never or at once, which is not what a very short time says.
  const ms = exact > 0 ? Math.max(1, Math.round(exact)) : 0
  return number === undefined || ms > MAX_DURATION_MS ? undefined : ms
}

/** Bytes of `100`, `'100k'`, `'10m'`, `'1g'` or `'1t'`; units are powers of 1024. */
export function parseSize(value: number | string): number {
  if (typeof value === 'number') return value
  const amount = Number.parseInt(value, 10) || 0
  return amount * (SIZE_UNITS[value.slice(-1).toLowerCase()] ?? 1)
}

/** What `parseRate` takes, for messages. */
export const RATE_FORM = 'a number per second, or a text such as 100/s, 30/m or 500/h'
/** Faster than that nothing is limited. */
const MAX_RATE = 1e6

/** Per second, of a number or a text such as `'30/m'`; undefined for others. */
export function parseRate(value: unknown): number | undefined {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([smhd]))?$/.exec(String(value)) ?? []
  const perSecond = Number(amount) / (DURATION_UNITS[unit] ?? 1)
  return perSecond > 0 && perSecond <= MAX_RATE ? perSecond : undefined
}
