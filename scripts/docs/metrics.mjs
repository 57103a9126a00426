/** Makes the blocks of docs/metrics.md from the tables of metrics. */
export function renderMetrics(facts) {
  const rows = facts.map(({ name, type, help, labels }) => {
    const texts = labels.map((label) => `\`${label}\``).join(', ')
    return `| \`${name}\` | ${type} | ${texts} | ${help} |`
  })
  return { metrics: ['| metric | type | labels | |', '|---|---|---|---|', ...rows].join('\n') }
}

/** Makes the blocks of docs/access-log.md from the table of fields. */
export function renderLogFields(fields, templateFields) {
  const row = ({ name, doc }) => `| \`${name}\` | ${doc}. |`
  const head = ['| field | |', '|---|---|']
  return {
    fields: [...head, ...fields.map(row)].join('\n'),
    'template-fields': [...head, ...templateFields.map(row)].join('\n'),
  }
}
