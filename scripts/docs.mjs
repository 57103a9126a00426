/**
 * Writes the documents that repeat what the code knows: docs/filters.md from the filter registry,
 * docs/metrics.md and docs/access-log.md from the tables of metrics and of fields,
 * and the option tables of docs/command-line.md from the command's own help. With `--check` it only
 * says which of them are behind. Needs a build: `npm run setup`.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { renderFilters } from './docs/filters.mjs'
import { replaceBlocks } from './docs/marked-blocks.mjs'
import { renderLogFields, renderMetrics } from './docs/metrics.mjs'
import { renderOptions } from './docs/options.mjs'

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..')
const isCheck = process.argv.includes('--check')

const { registry } = await import(join(ROOT, 'dist/src/filters/index.js'))
const { metricFacts } = await import(join(ROOT, 'dist/src/orchestrator/metrics/families.js'))
const { LOG_FIELDS, TEMPLATE_FIELDS } = await import(
  join(ROOT, 'dist/src/program/access-log/fields.js')
)

const behind = [
  update('docs/filters.md', (text) => {
    return replaceBlocks(text, renderFilters(registry, read('scripts/docs/filter-notes.md')))
  }),
  update('docs/metrics.md', (text) => replaceBlocks(text, renderMetrics(metricFacts()))),
  update('docs/access-log.md', (text) =>
    replaceBlocks(text, renderLogFields(LOG_FIELDS, TEMPLATE_FIELDS)),
  ),
  update('docs/command-line.md', (text) => replaceBlocks(text, renderOptions(help))),
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
  return readFileSync(join(ROOT, name), 'utf8')
}

/** What `sluice … --help` prints. */
function help(args) {
  return execFileSync(process.execPath, [join(ROOT, 'bin/sluice'), ...args, '--help'], {
    encoding: 'utf8',
  })
}
