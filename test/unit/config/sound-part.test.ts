import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { checkConfig } from '../../../src/config/check-config.ts'
import { checkRoots } from '../../../src/config/file-roots.ts'
import { readPemFiles } from '../../../src/config/pem-files.ts'
import type { Path } from '../../../src/config/problem.ts'
import { soundPart } from '../../../src/config/sound-part.ts'

test('what problems are about is null, and the rest as it was', () => {
  const value = { a: [1, { b: 2, c: 3 }, 4], d: 5 }
  const problems = [['a', 1, 'b'], ['a', 2], ['e']].map((path) => ({ path, message: '' }))
  assert.deepEqual(soundPart(value, problems), { a: [1, { b: null, c: 3 }, null], d: 5, e: null })
  assert.deepEqual(value, { a: [1, { b: 2, c: 3 }, 4], d: 5 })
  assert.equal(soundPart(value, [{ path: [], message: '' }]), null)
})

const JUNK: readonly unknown[] = [null, 5, -1, 'x y', true, [], [null], {}, { x: 1 }]
const EXAMPLES = new URL('../../../../examples/configs/', import.meta.url)

/** All places of a value. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path]
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value)
  return [path, ...entries.flatMap(([key, inner]) => placesOf(inner, [...path, key]))]
}

function withAt(value: unknown, [key, ...rest]: Path, junk: unknown): unknown {
  if (key === undefined) return junk
  const inner = withAt((value as Record<string | number, unknown>)[key], rest, junk)
  if (Array.isArray(value)) return value.with(key as number, inner)
  return { ...(value as object), [key]: inner }
}

for (const name of readdirSync(EXAMPLES).filter((one) => one.endsWith('.yaml'))) {
  test(`${name} with anything in the place of anything is checked to the end`, () => {
    const good: unknown = parse(readFileSync(new URL(name, EXAMPLES), 'utf8'))
    for (const path of placesOf(good)) {
      for (const junk of JUNK) {
        const result = checkConfig(withAt(good, path, junk))
        const sound = result.isGood ? result.config : (result.sound ?? {})
        readPemFiles(sound, '/nowhere')
        checkRoots(sound, '/nowhere')
      }
    }
  })
}
