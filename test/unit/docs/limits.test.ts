import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readDocument, tableRows } from './support/documents.ts'

/**
 * A row of docs/limits.md names its value and, in the last cell, the file and the name that define
 * it: `src/filters/demux.ts` `BEGUN_LIMIT`.
 */
const SOURCE = /^`([\w./-]+)` `(\w+)`$/

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  bytes: 1,
  KB: 1024,
  MB: 1024 ** 2,
  ms: 1,
  s: 1000,
  min: 60_000,
}

test('docs/limits.md tells the limits that are in force', () => {
  let compared = 0
  for (const cells of tableRows(readDocument('docs/limits.md'))) {
    const [, file, name] = SOURCE.exec(cells.at(-1) ?? '') ?? []
    if (file === undefined || name === undefined) continue
    const told = toldValue(cells[1] ?? '')
    assert.equal(told, definedValue(file, name), `${cells[0]}: ${file} ${name}`)
    compared++
  }
  assert.ok(compared > 30, `only ${compared} rows name their source`)
})

/** `64 KB` or `1,024` as a number; times in milliseconds. */
function toldValue(cell: string): number {
  const [, number, unit = ''] = /^([\d,.]+)(?: (\w+))?$/.exec(cell) ?? []
  const factor = UNITS[unit]
  assert.ok(number !== undefined && factor !== undefined, `cannot read the value "${cell}"`)
  return Number(number.replaceAll(',', '')) * factor
}

/** What `NAME = expression` says in a source file. */
function definedValue(file: string, name: string): number {
  const text = readFileSync(file, 'utf8')
  const found = new RegExp(`\\b${name}(?::| =| \\?\\?)[^\\n]*`).exec(text)?.[0]
  assert.ok(found !== undefined, `${file} does not define ${name}`)
  const expression = found
    .slice(name.length)
    .replace(/\/\/.*/, '')
    .replace(/^[^=:?]*(?:=|:|\?\?)/, '')
    .replace(/size_t\{(\d+)\}/g, '$1')
    .replace(/(\d)['_](?=\d)/g, '$1')
    .replace(/(\d)u\b/g, '$1')
    .replace(/\/ kTickMs/, '')
    .replace(/[;,)].*$/, '')
    .trim()
  assert.match(expression, /^[\d\s*<.]+$/, `${file}: cannot read ${name} = ${expression}`)
  return expression.split('*').reduce((product, factor) => product * shifted(factor), 1)
}

function shifted(factor: string): number {
  const [value = '', bits = '0'] = factor.split('<<')
  return Number(value) * 2 ** Number(bits)
}
