let dateSecond = 0
let dateText = ''

/** RFC 9110 §6.6.1: the time, as responses of our own tell it; the text changes once a second. */
export function httpDate(): string {
  const now = Date.now()
  const second = Math.floor(now / 1000)
  if (second !== dateSecond) {
    dateSecond = second
    dateText = new Date(now).toUTCString()
  }
  return dateText
}
