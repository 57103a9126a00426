import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { test } from 'node:test'

/**
 * The layers, highest first: a file may import from its own layer and from lower ones. Files
 * directly in src/ (errors, limits) are for all; src/index.ts, the library's face, sees all.
 */
const LAYERS = [
  'cli',
  'admin',
  'orchestrator',
  'worker',
  'config',
  'program',
  'script',
  'filters',
  'balancer',
  'net',
  'engine',
  'native',
  'observability',
]

/** What the orchestrator may know of a worker: it starts one by URL and talks in messages. */
const WORKER_FILES_FOR_ORCHESTRATOR = ['worker/messages.ts']

const SOURCE = resolve('src')

interface Import {
  from: string
  to: string
}

test('imports point one way', () => {
  const offending = sourceFiles().flatMap(importsOf).filter(isAgainstDirection)
  assert.deepEqual(
    offending.map(({ from, to }) => `${from} must not import ${to}`),
    [],
  )
})

test('the rule sees an import against the direction', () => {
  assert.equal(isAgainstDirection({ from: 'engine/session.ts', to: 'filters/link.ts' }), true)
  assert.equal(isAgainstDirection({ from: 'filters/link.ts', to: 'engine/session.ts' }), false)
  assert.equal(isAgainstDirection({ from: 'observability/a.ts', to: 'native/addon.ts' }), true)
  assert.equal(isAgainstDirection({ from: 'orchestrator/a.ts', to: 'worker/main.ts' }), true)
  assert.equal(isAgainstDirection({ from: 'orchestrator/a.ts', to: 'worker/messages.ts' }), false)
  assert.equal(isAgainstDirection({ from: 'errors.ts', to: 'engine/session.ts' }), true)
})

function isAgainstDirection({ from, to }: Import): boolean {
  if (from === 'index.ts') return false
  const fromLayer = layerOf(from)
  const toLayer = layerOf(to)
  if (toLayer === undefined) return to === 'index.ts'
  if (fromLayer === undefined) return true
  if (fromLayer === 'orchestrator' && toLayer === 'worker')
    return !WORKER_FILES_FOR_ORCHESTRATOR.includes(to)
  return LAYERS.indexOf(fromLayer) > LAYERS.indexOf(toLayer)
}

/** Returns the layer of a path relative to src/, or undefined for a file directly in it. */
function layerOf(path: string): string | undefined {
  const [folder, rest] = path.split('/')
  if (rest === undefined) return undefined
  assert.ok(folder !== undefined && LAYERS.includes(folder), `unknown layer: src/${folder}`)
  return folder
}

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(SOURCE, name))
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const imports = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)
  return [...imports].map(([, path]) => ({
    from: nameInSource(file),
    to: nameInSource(resolve(dirname(file), path ?? '')),
  }))
}

function nameInSource(file: string): string {
  return relative(SOURCE, file).split(sep).join('/')
}
