import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { compileProgram } from '../../../../src/program/script/compile-program.ts'
import { modulePath } from '../../../../src/program/script/module-path.ts'
import { recordUses } from '../../../../src/program/script/record-uses.ts'

describe('a program', () => {
  const paths = (files: Record<string, string>) =>
    compileProgram('/any/main.js', {
      readFile: (path) => files[path],
      findUses: (compiled) => recordUses(compiled, {}),
    }).modules.map((module) => module.path)

  it('consists of the root and the modules used from it, in order of appearance', () => {
    const files = {
      '/main.js': `pipy().pipeline('a').use('z.js', 'p').use('./lib/../a.js', 'p')`,
      '/z.js': `pipy().pipeline('p').use('lib/c.js', 'p').use('main.js', 'a')`,
      '/a.js': `pipy().pipeline('p').use('z.js', 'p')`,
      '/lib/c.js': `pipy().pipeline('p')`,
    }
    assert.deepEqual(paths(files), ['/main.js', '/z.js', '/a.js', '/lib/c.js'])
  })

  it('finds modules whose names are computed by running the script', () => {
    const files = {
      '/main.js': `['a', 'b'].reduce((c, x) => c.use(x + '.js', 'p'), pipy().pipeline('q'))`,
      '/a.js': 'pipy()',
      '/b.js': 'pipy()',
    }
    assert.deepEqual(paths(files), ['/main.js', '/a.js', '/b.js'])
  })

  it('blames the place where an absent module is used', () => {
    assert.throws(() => paths({ '/main.js': `pipy().pipeline('a')\n .use('../x.js', 'p')` }), {
      kind: 'file',
      message: 'Cannot load module: ../x.js',
      path: '/main.js',
      line: 2,
      column: 7,
    })
  })

  it('blames the module in which an error is', () => {
    const files = { '/main.js': `pipy().pipeline('a').use('x.js', 'p')`, '/x.js': '(' }
    assert.throws(() => paths(files), { kind: 'syntax', path: '/x.js' })
  })

  it('needs its root', () => {
    assert.throws(() => paths({}), { message: 'Cannot open script at /main.js' })
  })
})

describe('a program on disk', () => {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-program-'))
  after(() => rmSync(directory, { recursive: true }))
  const root = join(directory, 'root')
  mkdirSync(join(root, 'lib'), { recursive: true })
  writeFileSync(join(directory, 'outside.js'), 'pipy()')
  writeFileSync(join(root, 'lib', 'a.js'), 'pipy()')
  writeFileSync(join(root, 'main.js'), `pipy().pipeline('p').use('lib/a.js', 'p')`)
  writeFileSync(join(root, 'escape.js'), `pipy().pipeline('p').use('link.js', 'p')`)
  symlinkSync('../outside.js', join(root, 'link.js'))

  it('is read from below the directory of the root script', () => {
    const program = compileProgram(join(root, 'main.js'))
    assert.equal(program.root, root)
    assert.deepEqual(
      program.modules.map((module) => module.path),
      ['/main.js', '/lib/a.js'],
    )
  })

  it('does not follow links out of it, except for the script that was named', () => {
    assert.throws(() => compileProgram(join(root, 'escape.js')), {
      message: 'Cannot load module: link.js',
    })
    assert.equal(compileProgram(join(root, 'link.js')).modules.length, 1)
  })
})

describe('a module path', () => {
  const cases: [name: string, path: string | null][] = [
    ['config.js', '/config.js'],
    ['modules/config.js', '/modules/config.js'],
    ['./x.js', '/x.js'],
    ['/x.js', '/x.js'],
    ['a//b/../c.js', '/a/c.js'],
    ['../x.js', null],
    ['a/../../x.js', null],
    ['', null],
    ['.', null],
    ['a\0.js', null],
    ['..\\x.js', null],
  ]
  for (const [name, path] of cases) {
    it(`of ${JSON.stringify(name)} is ${path}`, () => assert.equal(modulePath(name), path))
  }
})
