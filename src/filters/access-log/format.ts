import type { RequestInfo } from '../../engine/request-info.ts'
import type { Escaping, LineBytes } from '../../observability/access-log/line-bytes.ts'
import { LOG_FIELDS, type LogField, type LogNames, TEMPLATE_FIELDS } from './fields.ts'

/** How lines are made. */
export interface LogFormat {
  readonly escaping: Escaping
  /** Appends the line of a request, with its end of line. */
  write(out: LineBytes, request: RequestInfo, names: LogNames): void
}

/** The format that web servers have in common, which most tools can read. */
const COMBINED =
  '{client} - - [{time_local}] "{request}" {status} {bytes} "{referer}" "{user_agent}"'

/**
 * Compiles `combined`, `json` or a template with fields in braces. Throws a `RangeError` that names
 * a field that does not exist.
 */
export function compileFormat(format: string): LogFormat {
  if (format === 'json') return jsonFormat(LOG_FIELDS)
  const { literals, fields } = parseTemplate(format === 'combined' ? COMBINED : format)
  return join('text', literals, fields)
}

/** Lines that are JSON objects. */
export function jsonFormat(fields: readonly LogField[]): LogFormat {
  return join('json', jsonLiterals(fields), fields)
}

/** Words have their quotes in the literals around them. */
function jsonLiterals(fields: readonly LogField[]): string[] {
  const quoteOf = (field: LogField | undefined): string => (field?.isWord === true ? '"' : '')
  const before = fields.map((field, index) => {
    const start = index === 0 ? '{' : `${quoteOf(fields[index - 1])},`
    return `${start}"${field.name}":${quoteOf(field)}`
  })
  return [...before, `${quoteOf(fields.at(-1))}}\n`]
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
  return { literals: literals.map(toLatin1), fields }
}

/** Lines are bytes: what a template has beyond ASCII goes out as UTF-8. */
function toLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** `literals` is one longer than `fields` and stands around them. */
function join(
  escaping: Escaping,
  literals: readonly string[],
  fields: readonly LogField[],
): LogFormat {
  return {
    escaping,
    write(out, request, names) {
      out.plain(literals[0] as string)
      for (let i = 0; i < fields.length; i++) {
        ;(fields[i] as LogField).write(out, request, names)
        out.plain(literals[i + 1] as string)
      }
    },
  }
}
