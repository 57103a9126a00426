import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { runSluice, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'

/** Writes files into a folder of their own; returns the path of the first. */
function write(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder(context)
  for (const [name, text] of Object.entries(files)) {
    if (name.includes('/')) mkdirSync(join(folder, name, '..'), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return join(folder, Object.keys(files)[0] ?? '')
}

const ROUTES = `export const routes: object[] = [{ respond: { body: 'one' } }]\n`

const MAIN = `
import { basename } from 'node:path'
import { routes } from './parts/routes.ts'
import package_ from 'some-package'

interface Listener { name: string; address: string; routes: object[] }
const name = basename(import.meta.url).replace('.config.ts', '') + package_.suffix
const listener: Listener = { name, address: '127.0.0.1:0', routes }
export default { listeners: [listener], upstreams: {} }
`

const PACKAGE = {
  'node_modules/some-package/package.json': '{"name":"some-package","main":"index.js"}',
  'node_modules/some-package/index.js':
    "const { sep } = require('node:path'); module.exports = { suffix: sep === '/' ? '-x' : '' }",
}

test('TypeScript runs with all that it imports, and is loaded again when that changes', async (context) => {
  const file = write(context, { 'lb.config.ts': MAIN, 'parts/routes.ts': ROUTES, ...PACKAGE })
  const printed = await runSluice([file, '--print-config'])
  assert.equal(printed.stderr, '')
  assert.equal(parse(printed.stdout).listeners[0].name, 'lb-x')

  const sluice = startSluice(context, [file, '--watch', '--workers', '1'])
  const [port] = await sluice.ports()
  assert.equal((await curl(`http://127.0.0.1:${port}`)).stdout, 'one')
  writeFileSync(join(file, '..', 'parts/routes.ts'), ROUTES.replace('one', 'two'))
  await sluice.line(/Config reloaded: \S*\/lb\.config\.ts/)
  assert.equal((await curl(`http://127.0.0.1:${port}`)).stdout, 'two')
})

test('JavaScript is taken as well', async (context) => {
  const file = write(context, {
    'a.config.mjs':
      'export default { listeners: [{ address: 1, upstream: "a" }], upstreams: { a: { endpoints: [2] } } }',
  })
  assert.match((await runSluice([file, '--verify'])).stdout, /Done\.\n$/)
})

test('and CommonJS', async (context) => {
  const file = write(context, {
    'a.config.cjs':
      'module.exports = { listeners: [{ address: require("./port.cjs"), upstream: "a" }], upstreams: { a: { endpoints: [2] } } }',
    'port.cjs': 'module.exports = 1',
  })
  assert.match((await runSluice([file, '--verify'])).stdout, /Done\.\n$/)
})

const WRONG: readonly [title: string, text: string, message: string][] = [
  [
    'a syntax error',
    'export default {\n  a: :\n}',
    'lb.config.ts:2:6: syntax error: Unexpected ":"\nLine 2:    a: :\n              ^',
  ],
  [
    'an import that is not there',
    "import './none.ts'",
    `lb.config.ts:1:8: expected a module, found none at "./none.ts": correct the path\nLine 1:  import './none.ts'\n                ^`,
  ],
  [
    'a package that is not there',
    "import a from 'no-such-package'\nexport default a",
    `lb.config.ts:1:15: expected a module, found none at "no-such-package": install the package\nLine 1:  import a from 'no-such-package'\n                       ^`,
  ],
  [
    'an error when it runs',
    "const a: string = 'no'\n  throw new Error(a + ' way\\nat all')",
    `lb.config.ts:2:9: running it has thrown Error: no way\nLine 2:    throw new Error(a + ' way\\nat all')\n                 ^`,
  ],
  ['something else that it throws', "throw 'no'", 'lb.config.ts: running it has thrown no'],
  [
    'no default export',
    'export const a = 1',
    'lb.config.ts: expected a default export, found an export a: write export default { … }',
  ],
  [
    'no export',
    'const a = 1',
    'lb.config.ts: expected a default export, found no exports: write export default { … }',
  ],
  [
    'a function',
    'export default () => ({})',
    'lb.config.ts: expected a config, found a function: export what it returns',
  ],
  [
    'a promise',
    'export default Promise.resolve({})',
    'lb.config.ts: expected a config, found a promise: write export default await …',
  ],
  [
    'a config that is wrong',
    'export default { listeners: [{ address: "x", upstream: "a" }], upstreams: { a: { endpoints: [1] } } }',
    'lb.config.ts: listeners[0].address: expected a port, host:port, [ipv6]:port or unix:/path, found "x"',
  ],
]

for (const [title, text, message] of WRONG) {
  test(`${title} is told with its place, and without a stack`, async (context) => {
    const { status, stderr } = await runSluice([
      write(context, { 'lb.config.ts': text }),
      '--verify',
    ])
    assert.equal(
      stderr.slice(stderr.indexOf('lb.config.ts')),
      `${message}\nsluice: cannot load config: lb.config.ts has one problem\n`,
    )
    assert.equal(status, 1)
  })
}

test('an error in what is imported is told with its file', async (context) => {
  const file = write(context, {
    'lb.config.ts': "import { f } from './parts/f.ts'\nexport default f()",
    'parts/f.ts': 'export const f = (): object => {\n  return nothing.at.all\n}',
  })
  const { stderr } = await runSluice([file, '--verify'])
  assert.match(
    stderr,
    /parts\/f\.ts:2:3: running it has thrown ReferenceError: nothing is not defined\nLine 2: {4}return nothing\.at\.all\n/,
  )
})

test('a module that ends its thread is told so', async (context) => {
  const file = write(context, { 'lb.config.js': 'process.exit(3)' })
  const { status, stderr } = await runSluice([file, '--verify'])
  assert.match(
    stderr,
    /^sluice: loading the config ended with process\.exit\(3\): throw an error[^\n]*\n$/,
  )
  assert.equal(status, 1)
})

test('a module that never ends is given up', async (context) => {
  const file = write(context, { 'lb.config.js': 'for (;;) {}' })
  const { status, stderr } = await runSluice([file, '--verify', '--load-timeout', '1s'])
  assert.equal(stderr, 'sluice: loading the config took more than 1 s: is there an endless loop?\n')
  assert.equal(status, 1)
})
