import type { RequestInfo } from '../../engine/request-info.ts'
import { LOG_FIELDS, type LogField, type LogNames, TEMPLATE_FIELDS } from './fields.ts'

/** Makes the line of a request, with its end of line. */
export type LogFormat = (request: RequestInfo, names: LogNames) => string

/** The format that web servers have in common, which most tools can read. */
export const COMBINED =
  '{client} - - [{time_local}] "{method} {target} {protocol}" {status} {bytes} "{referer}" "{user_agent}"'

/**
 * Compiles `combined`, `json` or a template with fields in braces. Throws a `RangeError` that names
 * a field that does not exist.
 */
export function compileFormat(format: string): LogFormat {
  if (format === 'json') return compileJson()
  const { literals, fields } = parseTemplate(format === 'combined' ? COMBINED : format)
  return join(literals, fields, escapeText)
}

function compileJson(): LogFormat {
  const literals = LOG_FIELDS.map(({ name, kind }, index) => {
    const before = LOG_FIELDS[index - 1]?.kind === 'word' ? '"' : ''
    return `${index === 0 ? '{' : `${before},`}"${name}":${kind === 'word' ? '"' : ''}`
  })
  const last = LOG_FIELDS.at(-1)?.kind === 'word' ? '"}\n' : '}\n'
  return join([...literals, last], LOG_FIELDS, escapeJson)
}

function parseTemplate(template: string): { literals: string[]; fields: LogField[] } {
  const all = [...LOG_FIELDS, ...TEMPLATE_FIELDS]
  const literals: string[] = []
  const fields: LogField[] = []
  let at = 0
  for (const { 0: token, 1: name, index } of template.matchAll(/\{(\w+)\}/g)) {
    const field = all.find((one) => one.name === name)
    if (field === undefined) {
      throw new RangeError(`no field {${name}}: use ${all.map((one) => one.name).join(', ')}`)
    }
    literals.push(template.slice(at, index))
    fields.push(field)
    at = index + token.length
  }
  literals.push(`${template.slice(at)}\n`)
  return { literals, fields }
}

/** `literals` is one longer than `fields` and stands around them. */
function join(
  literals: readonly string[],
  fields: readonly LogField[],
  quote: (value: string, kind: LogField['kind']) => string,
): LogFormat {
  return (request, names) => {
    let line = literals[0] as string
    for (let i = 0; i < fields.length; i++) {
      const field = fields[i] as LogField
      line += quote(field.read(request, names), field.kind) + (literals[i + 1] as string)
    }
    return line
  }
}

// A regular expression, although once for each text of a line: a loop over its characters takes
// longer.
const UNSAFE = /[^ !#-[\]-~]/

/** As nginx does: what could end a quoted value, or a line, becomes `\xHH`. */
function escapeText(value: string, kind: LogField['kind']): string {
  if (value === '') return '-'
  if (kind !== 'text' || !UNSAFE.test(value)) return value
  return value.replace(/[^ !#-[\]-~]/g, (character) => {
    return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}

/** Values in ASCII only: what clients send need not be UTF-8. */
function escapeJson(value: string, kind: LogField['kind']): string {
  if (kind === 'number') return value === '' ? 'null' : value
  if (kind === 'word') return value
  if (!UNSAFE.test(value)) return `"${value}"`
  return JSON.stringify(decode(value)).replace(/[^ -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

/** UTF-8 where it is UTF-8, and Latin-1 where it is not. */
function decode(latin1: string): string {
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  return utf8.includes('\ufffd') ? latin1 : utf8
}
