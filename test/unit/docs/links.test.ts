import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { type Document, documents, readDocument, withoutCode } from './support/documents.ts'

const LONGEST_LINE = 115

test('links between documents lead somewhere', () => {
  assert.deepEqual(documents().flatMap(brokenLinks), [])
})

test('lines of documents are not too long', () => {
  const long = documents().flatMap(({ path, text }) =>
    withoutCode(text)
      .split('\n')
      .flatMap((line, index) => {
        const isFree = line.startsWith('|') || line.includes('](') || line.startsWith('<')
        return line.length > LONGEST_LINE && !isFree ? [`${path}:${index + 1}`] : []
      }),
  )
  assert.deepEqual(long, [])
})

function brokenLinks(document: Document): string[] {
  const links = withoutCode(document.text).matchAll(/\]\(([^)\s]+)\)/g)
  return [...links].flatMap(([, link]) => {
    const target = link ?? ''
    if (/^https?:/.test(target)) return []
    const [file = '', anchor = ''] = target.split('#')
    const path = file === '' ? document.path : join(dirname(document.path), file)
    if (!existsSync(path)) return [`${document.path}: ${target}`]
    if (anchor === '' || anchorsOf(readDocument(path)).has(anchor)) return []
    return [`${document.path}: ${target}`]
  })
}

/** Names of headings as links write them. */
function anchorsOf({ text }: Document): Set<string> {
  const headings = withoutCode(text).matchAll(/^#+ (.*)$/gm)
  return new Set(
    [...headings].map(([, title]) =>
      (title ?? '')
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s/g, '-'),
    ),
  )
}
