/** A number in at most five characters: `0`, `9.9`, `123`, `1.2k`, `12.3M`. */
export function short(value: number): string {
  if (value < 10) return value === 0 ? '0' : value.toFixed(1)
  for (const [unit, size] of UNITS) {
    if (value >= size * 0.9995)
      return `${(value / size).toFixed(value < size * 99.95 ? 1 : 0)}${unit}`
  }
  return value.toFixed(0)
}

const UNITS: readonly [string, number][] = [
  ['G', 1e9],
  ['M', 1e6],
  ['k', 1e3],
]

/** Milliseconds in at most six characters: `0.12`, `1.23`, `12.3`, `1234`. */
export function milliseconds(value: number): string {
  if (value < 10) return value.toFixed(2)
  return value.toFixed(value < 100 ? 1 : 0)
}

/** A time span as `3d 4h`, `5h 6m`, `7m 8s` or `9s`. */
export function span(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(
    Math.floor,
  ) as [number, number, number]
  if (days > 0) return `${days}d ${hours}h`
  if (hours > 0) return `${hours}h ${minutes}m`
  return minutes > 0 ? `${minutes}m ${Math.floor(seconds % 60)}s` : `${Math.floor(seconds)}s`
}

/** A share as a percentage. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)}%`
}
