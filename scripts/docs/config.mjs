/**
 * Makes the reference of docs/configuration.md: a table for each section of the JSON Schema, in the
 * order in which they are mentioned. A section that is met twice is written once.
 */
export function renderConfig(schema) {
  const sections = []
  const titles = new Map()
  /** Adds a section unless it is known; returns its title. */
  const visit = (path, section) => {
    const key = JSON.stringify({ ...section, description: '', default: null })
    const known = titles.get(key)
    if (known !== undefined) return known
    titles.set(key, path)
    const rows = []
    sections.push({ path, rows })
    for (const [name, value] of Object.entries(section.properties)) {
      const below = path === TOP ? name : `${path}.${name}`
      rows.push(
        renderRow(name, value, section.required?.includes(name), (inner, suffix) =>
          visit(`${below}${suffix}`, inner),
        ),
      )
    }
    return path
  }
  visit(TOP, schema)
  const text = sections.map(({ path, rows }) =>
    [
      `### ${path === TOP ? path : `\`${path}\``}`,
      '',
      '| key | value | default | |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n'),
  )
  return { config: text.join('\n\n') }
}

const TOP = 'The file'

function renderRow(name, schema, isRequired, visit) {
  const { default: value } = schema
  const isShown = value !== undefined && (typeof value !== 'object' || Array.isArray(value))
  const byDefault = isRequired ? 'needed' : isShown ? `\`${[value].flat().join(', ')}\`` : ''
  const cells = [`\`${name}\``, typeOf(schema, visit, ''), byDefault, schema.description ?? '']
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

/** Writes what a value can be; sections become links. */
function typeOf(schema, visit, suffix) {
  if (schema.title !== undefined) return schema.title
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => typeOf(one, visit, suffix)))].join(' or ')
  }
  if (schema.enum !== undefined) return schema.enum.map((one) => `\`${one}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.type === 'array') return `list of: ${typeOf(schema.items, visit, `${suffix}[]`)}`
  if (schema.properties !== undefined) return linkTo(visit(schema, suffix))
  if (typeof schema.additionalProperties === 'object') {
    return `by name: ${typeOf(schema.additionalProperties, visit, `${suffix}.<name>`)}`
  }
  if (schema.minimum !== undefined && schema.maximum !== undefined) {
    return `${schema.minimum} to ${schema.maximum}`
  }
  if (Array.isArray(schema.type)) return schema.type.map((type) => TYPES[type]).join(' or ')
  return TYPES[schema.type] ?? schema.type
}

const TYPES = {
  string: 'text',
  boolean: '`true`, `false`',
  number: 'number',
  integer: 'whole number',
}

function linkTo(title) {
  return `[section](#${title
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-')})`
}
