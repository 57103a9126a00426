const UNITS = ['', 'k', 'M', 'G', 'T']
const BYTE_UNITS = ['B', 'KB', 'MB', 'GB', 'TB']

/** A number in three or four places: `7`, `0.42`, `12.3k`. */
export function short(value: number): string {
  return scaled(value, 1000, UNITS, '')
}

/** `512 B`, `3.4 MB`. */
export function bytes(value: number): string {
  return scaled(value, 1024, BYTE_UNITS, ' ')
}

export function perSecond(value: number): string {
  return `${short(value)}/s`
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
}

/** `0.3 ms`, `48 ms`, `2.1 s`. */
export function milliseconds(value: number): string {
  return value < 1000 ? `${places(value)} ms` : `${places(value / 1000)} s`
}

/** Time of day, with milliseconds if asked. */
export function timeOfDay(time: number, withMs = false): string {
  const date = new Date(time)
  const two = (value: number): string => String(value).padStart(2, '0')
  const seconds = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return withMs ? `${seconds}.${String(date.getMilliseconds()).padStart(3, '0')}` : seconds
}

/** `42 s`, `3 min`, `5 h`, `2 d`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h`
  return `${Math.floor(seconds / 86400)} d`
}

function scaled(value: number, step: number, units: readonly string[], gap: string): string {
  let unit = 0
  let left = value
  while (Math.abs(left) >= step && unit < units.length - 1) {
    left /= step
    unit += 1
  }
  return `${places(left)}${units[unit] === '' ? '' : gap}${units[unit]}`
}

function places(value: number): string {
  const size = Math.abs(value)
  if (size === 0 || size >= 100) return value.toFixed(0)
  if (size >= 10) return trimmed(value.toFixed(1))
  return trimmed(value.toFixed(2))
}

function trimmed(text: string): string {
  return text.replace(/\.?0+$/, '')
}
