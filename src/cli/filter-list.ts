import type { FilterDefinition, ParameterDoc } from '../engine/definition.ts'

/** Renders `--list-filters`: name, arguments and description of each filter, in columns. */
export function renderFilterList(filters: Iterable<FilterDefinition>): string {
  const rows = [...filters].map((filter) => ({ filter, signature: argumentsOf(filter) }))
  const nameWidth = Math.max(...rows.map(({ filter }) => filter.name.length))
  const signatureWidth = Math.max(...rows.map(({ signature }) => signature.length))
  const lines = rows.map(({ filter, signature }) => {
    const columns = filter.name.padEnd(nameWidth) + signature.padEnd(signatureWidth)
    return `${columns}   ${filter.description}`
  })
  return ['', ...lines, '', ''].join('\n')
}

/** Renders `--help-filters`: a paragraph for each filter, with its parameters. */
export function renderFilterHelp(filters: Iterable<FilterDefinition>): string {
  const lines = ['']
  for (const filter of filters) {
    const title = filter.name + argumentsOf(filter)
    lines.push(title, '='.repeat(title.length), '', `  ${filter.description}`, '')
    const width = Math.max(0, ...filter.parameters.map(({ name }) => name.length))
    for (const { name, doc } of filter.parameters) lines.push(`  ${name.padEnd(width)} - ${doc}`)
    lines.push('', '')
  }
  return `${lines.join('\n')}\n`
}

/** Writes parameters as `(target[, options])`. */
function argumentsOf({ parameters }: FilterDefinition): string {
  const texts = parameters.map(({ name, isOptional, isRest }: ParameterDoc, index) => {
    const text = `${index === 0 ? '' : ', '}${isRest ? '...' : ''}${name}`
    return isOptional ? `[${text}]` : text
  })
  return `(${texts.join('')})`
}
