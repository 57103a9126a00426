/** Milliseconds per unit letter of a duration; no letter means seconds. */
const DURATION_UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 }
const SIZE_UNITS: Readonly<Record<string, number>> = {
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
}

/** Milliseconds of `5`, `'5s'`, `'0.5m'`, `'1h'` or `'1d'`; a bare number counts seconds. */
export function parseDuration(value: number | string): number {
  if (typeof value === 'number') return value * 1000
  const amount = Number.parseFloat(value) || 0
  return amount * (DURATION_UNITS[value.slice(-1).toLowerCase()] ?? 1) * 1000
}

/** Bytes of `100`, `'100k'`, `'10m'`, `'1g'` or `'1t'`; units are powers of 1024. */
export function parseSize(value: number | string): number {
  if (typeof value === 'number') return value
  const amount = Number.parseInt(value, 10) || 0
  return amount * (SIZE_UNITS[value.slice(-1).toLowerCase()] ?? 1)
}
