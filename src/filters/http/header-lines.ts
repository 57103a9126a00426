/**
 * The header fields of a head that the codec has accepted, in order: lower-case name, value as
 * scripts see it, and the line as it was received, without its end.
 */
export function* headerLines(text: string): Generator<[name: string, value: string, line: string]> {
  let at = text.indexOf('\n') + 1
  for (;;) {
    const end = text.indexOf('\n', at)
    if (end < 0) return
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    if (line === '') return
    at = end + 1
    const colon = line.indexOf(':')
    yield [line.slice(0, colon).toLowerCase(), decodeValue(line.slice(colon + 1).trim()), line]
  }
}

/** Scripts see UTF-8 where a value is UTF-8, and Latin-1 where it is not. */
function decodeValue(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  return utf8.includes('�') ? latin1 : utf8
}
