import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SESSION_ERRORS } from '../../../src/engine/errors.ts'
import { readDocument, tableRows } from './support/documents.ts'

test('docs/errors.md shows the table of session errors', () => {
  const rows = tableRows(readDocument('docs/errors.md'))
  const told = rows
    .filter(([code]) => Object.hasOwn(SESSION_ERRORS, unquote(code)))
    .map(([code, number, status, statusText]) => ({
      code: unquote(code),
      number: Number(number),
      status: Number(status),
      statusText,
    }))
  const known = Object.entries(SESSION_ERRORS).map(([code, facts]) => ({ code, ...facts }))
  assert.deepEqual(told, known)
})

function unquote(cell: string | undefined): string {
  return (cell ?? '').replaceAll('`', '')
}
