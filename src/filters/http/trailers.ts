import { isForbiddenTrailer } from '../../native/addon.ts'

/** Field lines, each with its CRLF, one Latin-1 character a byte. */
const FIELD_LINES = /^(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7e\x80-\xff]*\r\n)+$/
const MOST_SHOWN = 8

/**
 * What may go out of a message's trailers, of which there are some. They come from a decoder, which
 * has judged them, or else from a script: what must not be on the wire stays here, and `report` is
 * told why.
 */
export function allowedTrailers(trailers: string, report: (error: TypeError) => void): string {
  if (!FIELD_LINES.test(trailers)) {
    report(new TypeError('invalid trailers: expected field lines that end with CRLF'))
    return ''
  }
  let allowed = ''
  const refused: string[] = []
  for (const line of trailers.slice(0, -2).split('\r\n')) {
    const name = line.slice(0, line.indexOf(':'))
    if (isForbiddenTrailer(name)) refused.push(name)
    else allowed += `${line}\r\n`
  }
  if (refused.length > 0) {
    const names = refused.slice(0, MOST_SHOWN).join(', ')
    report(new TypeError(`invalid trailers: not allowed behind a body: ${names}`))
  }
  return allowed
}
