/**
 * Writes what repeats what the code knows: docs/filters.md from the filter registry,
 * docs/metrics.md and docs/access-log.md from the tables of metrics and of fields,
 * docs/configuration.md and schema/sluice.schema.json from the schema of configs,
 * and the option tables of docs/command-line.md from the command's own help. With `--check` it only
 * says which of them are behind. Needs a build: `npm run setup`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderConfig } from './docs/config.mjs'
import { renderFilters } from './docs/filters.mjs'
import { replaceBlocks } from './docs/marked-blocks.mjs'
import { renderLogFields, renderMetrics } from './docs/metrics.mjs'
import { renderOptions } from './docs/options.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const isCheck = process.argv.includes('--check')

const { registry } = await import(join(ROOT, 'dist/src/filters/index.js'))
const { metricFacts } = await import(join(ROOT, 'dist/src/orchestrator/metrics/families.js'))
const { LOG_FIELDS, TEMPLATE_FIELDS } = await import(
  join(ROOT, 'dist/src/filters/access-log/fields.js')
)

const { configJsonSchema } = await import(join(ROOT, 'dist/src/config/json-schema.js'))
const schema = configJsonSchema()

const behind = [
  update('docs/filters.md', (text) => {
    return replaceBlocks(text, renderFilters(registry, read('scripts/docs/filter-notes.md')))
  }),
  update('docs/metrics.md', (text) => replaceBlocks(text, renderMetrics(metricFacts()))),
  update('docs/access-log.md', (text) =>
    replaceBlocks(text, renderLogFields(LOG_FIELDS, TEMPLATE_FIELDS)),
  ),
  update('docs/command-line.md', (text) => replaceBlocks(text, renderOptions(help))),
  update('docs/configuration.md', (text) => replaceBlocks(text, renderConfig(schema))),
  update('schema/sluice.schema.json', () => `${JSON.stringify(schema, null, 2)}\n`),
].flat()

if (isCheck && behind.length > 0) {
  console.error(`Behind the code: ${behind.join(', ')}. Run: node scripts/docs.mjs`)
  process.exit(1)
}
console.log(behind.length === 0 ? 'Documents are current.' : `Written: ${behind.join(', ')}`)

/** Returns the name of the file if its text had to change. */
function update(name, render) {
  const before = read(name)
  const after = render(before)
  if (after === before) return []
  if (!isCheck) writeFileSync(join(ROOT, name), after)
  return [name]
}

function read(name) {
  const file = join(ROOT, name)
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

/** What `sluice … --help` prints. */
function help(args) {
  return execFileSync(process.execPath, [join(ROOT, 'bin/sluice'), ...args, '--help'], {
    encoding: 'utf8',
  })
}
