/**
 * Makes the blocks of docs/filters.md: a table of all filters, and a section for each, of what the
 * registry knows and of the notes that are written by hand under its name.
 */
export function renderFilters(registry, notesText) {
  const notes = readNotes(notesText)
  for (const name of notes.keys()) {
    if (!registry.has(name)) throw new Error(`notes of a filter that does not exist: ${name}`)
  }
  const sections = [...registry.values()].map((filter) => {
    const note = notes.get(filter.name)
    if (note === undefined) throw new Error(`scripts/docs/filter-notes.md lacks ${filter.name}`)
    return renderFilter(filter, note)
  })
  return { 'filter-table': renderTable([...registry.values()]), filters: sections.join('\n\n') }
}

function renderTable(filters) {
  const rows = filters.map((filter) => {
    const link = `[${filter.name}](#${filter.name.toLowerCase()})`
    return `| ${link} | \`${signatureOf(filter)}\` | ${filter.description} |`
  })
  return ['| filter | arguments | what it does |', '|---|---|---|', ...rows].join('\n')
}

function renderFilter(filter, note) {
  const lines = [`### ${filter.name}`, '', `\`${filter.name}${signatureOf(filter)}\``, '']
  lines.push(`${filter.description}.`, '')
  if (filter.parameters.length > 0) {
    lines.push('| parameter | type | |', '|---|---|---|')
    for (const { name, type, doc, isOptional, isRest } of filter.parameters) {
      const label = `${isRest ? '...' : ''}${name}`
      const extent = isRest ? ' (any number)' : isOptional ? ' (optional)' : ''
      lines.push(`| \`${label}\`${extent} | \`${type.replace(/\|/g, '\\|')}\` | ${doc} |`)
    }
    lines.push('')
  }
  return [...lines, note].join('\n').trim()
}

/** Writes parameters as `(target[, options])`, as `--list-filters` does. */
function signatureOf({ parameters }) {
  const texts = parameters.map(({ name, isOptional, isRest }, index) => {
    const text = `${index === 0 ? '' : ', '}${isRest ? '...' : ''}${name}`
    return isOptional ? `[${text}]` : text
  })
  return `(${texts.join('')})`
}

/** Splits the notes at their second-level headings. */
function readNotes(text) {
  const notes = new Map()
  for (const part of text.split(/^## /m).slice(1)) {
    const end = part.indexOf('\n')
    notes.set(part.slice(0, end).trim(), part.slice(end).trim())
  }
  return notes
}
