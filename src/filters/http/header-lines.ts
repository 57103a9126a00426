const NONE: ReadonlySet<string> = new Set()

/**
 * The header fields of a head that the codec has accepted, in order: lower-case name, value as
 * scripts see it, and the line as it was received, without its end. Those in `hidden` are left out.
 */
export function* headerLines(
  text: string,
  hidden: ReadonlySet<string> = NONE,
): Generator<[name: string, value: string, line: string]> {
  let at = text.indexOf('\n') + 1
  for (;;) {
    const end = text.indexOf('\n', at)
    if (end < 0) return
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    if (line === '') return
    at = end + 1
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (hidden.has(name)) continue
    yield [name, decodeValue(line.slice(colon + 1).trim()), line]
  }
}

/** Lower-case names of the fields that Connection names in a head, which end at this hop with it. */
export function nominatedIn(text: string): ReadonlySet<string> {
  const names = new Set<string>()
  for (const [name, value] of headerLines(text)) {
    if (name !== 'connection') continue
    for (const option of value.split(',')) names.add(option.trim().toLowerCase())
  }
  // Whether an upgrade goes on is for the encoder to say.
  names.delete('upgrade')
  return names
}

/** Scripts see UTF-8 where a value is UTF-8, and Latin-1 where it is not. */
export function decodeValue(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  return utf8.includes('�') ? latin1 : utf8
}
