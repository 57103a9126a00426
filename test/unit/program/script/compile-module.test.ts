import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileModule } from '../../../../src/program/script/compile-module.ts'
import { evaluateModule } from '../../../../src/program/script/instantiate.ts'
import { formatScriptError, ScriptError } from '../../../../src/program/script/script-error.ts'
import { evaluate, loadScript } from './script-fixture.ts'

describe('a script', () => {
  it('is one expression, with comments, a shell line and a closing semicolon if need be', () => {
    for (const text of [
      '1 + 1',
      '1 + 1;',
      '#!/usr/bin/env sluice\n1 + 1 // end',
      '/* begin */ (1 + 1) /* end */ ;; // end\n',
      '\uFEFF1 + 1',
      '(\n1,\n1 + 1\n)\n',
    ]) {
      assert.equal(evaluateModule(compileModule({ path: '/main.js', text }), {}), 2, text)
    }
  })

  it('survives a structured clone', () => {
    const compiled = compileModule({ path: '/main.js', text: '[1, 2].map(x => x * 2)' })
    assert.deepEqual(evaluateModule(structuredClone(compiled), {}), [2, 4])
  })

  it('shares the realm of the engine', () => {
    assert.equal(
      evaluate('args[0] instanceof Array && args[1] instanceof Object', '{}', [], {}),
      true,
    )
    assert.equal(Object.getPrototypeOf(evaluate('[]')), Array.prototype)
  })

  it('may use modern JavaScript in its functions', () => {
    assert.equal(evaluate('{ const { a = 1, ...r } = { b: 2 }; return a + r.b }'), 3)
    assert.equal(evaluate('/(?<n>\\d+)/.exec("a12").groups.n'), '12')
    assert.equal(evaluate('String.raw`\\n`'), '\\n')
    assert.deepEqual(evaluate('[...function* () { yield 1 }()]'), [1])
    assert.equal(evaluate('((a, b = a, ...c) => a + b + c.length)(1)'), 2)
    assert.equal(evaluate('(function () { return arguments.length })(1, 2)'), 2)
    assert.equal(evaluate('({ get x() { return 1 } }).x + 0xff'), 256)
  })

  it('sees no global object as this', () => {
    assert.equal(evaluate('this'), undefined)
    assert.equal(evaluate('(function () { return this })()'), undefined)
    assert.equal(evaluate('({ f() { return this.x }, x: 1 }).f()'), 1)
    assert.equal(
      evaluate('(function () { return new this(1).x }).call(function (x) { this.x = x })'),
      1,
    )
    assert.equal(
      evaluate('(function () { return new this.C(1).x }).call({ C: function (x) { this.x = x } })'),
      1,
    )
    assert.equal(evaluate('(function () { return () => this.x }).call({ x: 1 })()'), 1)
  })

  it('keeps an overwritten global to itself', () => {
    assert.equal(evaluate('(Math = 1, JSON = 2, Math + JSON)'.replaceAll('JSON', 'Date')), 3)
    assert.equal(typeof Math, 'object')
  })

  it('may use names that generated code would like', () => {
    assert.equal(evaluate('(($, $u) => ($ += $u, $u++, $ + $u + _x))(1, 2)', '{ _x: 3 }'), 9)
  })

  it('gets globals from the engine', () => {
    const script = loadScript('pipy().on(x => twice(x))', { twice: (x: number) => x * 2 })
    assert.equal(script.call({}, 0, 4), 8)
  })

  it('warns of variables that a global hides', () => {
    const { warnings } = compileModule({ path: '/main.js', text: 'pipy({\n  os: 1, _x: 2 })' })
    assert.deepEqual(warnings, [
      {
        message: 'context variable os cannot be reached: the name is taken by a global',
        line: 2,
        column: 3,
      },
    ])
  })

  it('warns of await, behind which no context is running', () => {
    const { warnings } = compileModule({ path: '/main.js', text: 'async x => await x' })
    assert.equal(warnings.length, 1)
  })

  it('tells its variables and the modules it uses', () => {
    const { variables, uses, hasComputedUse } = compileModule({
      path: '/main.js',
      text: `pipy({ _x: 1, "_y": 2 }).pipeline('p').use('b.js', 'p').use("a.js", 'p', 1).use('b.js', 'q')`,
    })
    assert.deepEqual(variables, ['_x', '_y'])
    assert.deepEqual(
      uses.map((use) => use.name),
      ['b.js', 'a.js'],
    )
    assert.equal(hasComputedUse, false)
  })
})

describe('a script that cannot be loaded', () => {
  const cases: [name: string, text: string, error: Partial<ScriptError>][] = [
    [
      'wrong syntax',
      'pipy(\n  ))',
      { kind: 'syntax', line: 2, column: 4, message: 'unexpected token' },
    ],
    ['a statement', 'let x = 1\npipy()', { kind: 'syntax', line: 1, column: 1 }],
    ['a second expression', 'pipy()\n\nfoo', { kind: 'syntax', line: 3, column: 1 }],
    ['nothing', '// empty\n', { kind: 'syntax', line: 2, column: 1 }],
    ['an unknown name', 'pipy()\n .on(() =>\n\tfoo)', { kind: 'reference', line: 3, column: 2 }],
    ['an unknown callee', 'foo()', { message: 'unresolved identifier foo' }],
    ['an assignment to an unknown name', 'pipy().on(() => foo = 1)', { column: 17 }],
    ['typeof an unknown name', 'pipy().on(() => typeof foo)', { column: 24 }],
    ['process', 'process.exit()', { message: 'unresolved identifier process' }],
    ['globalThis', 'globalThis', { message: 'unresolved identifier globalThis' }],
    ['eval', 'eval("1")', { message: 'unresolved identifier eval' }],
    ['Function', 'new Function("1")', { message: 'unresolved identifier Function' }],
    ['require', 'require("fs")', { message: 'unresolved identifier require' }],
    [
      'import()',
      'import("fs")',
      { message: "'import' is not supported: modules are joined by use()" },
    ],
    ['import.meta', 'import.meta', { kind: 'syntax' }],
    ['arguments outside of a function', '(() => arguments)()', { kind: 'reference' }],
    ['with', '() => { with (Math) {} }', { message: "'with' is not supported" }],
    ['nesting without end', `${'('.repeat(20_000)}1`, { kind: 'syntax' }],
  ]
  for (const [name, text, error] of cases) {
    it(`is rejected: ${name}`, () => {
      assert.throws(() => compileModule({ path: '/main.js', text }), {
        name: 'ScriptError',
        path: '/main.js',
        ...error,
      })
    })
  }

  it('shows the line with a caret', () => {
    try {
      compileModule({ path: '/main.js', text: 'pipy()\r\n\t.on(() => foo)\r\n' })
      assert.fail()
    } catch (error) {
      assert.ok(error instanceof ScriptError)
      assert.equal(error.sourceLine, '\t.on(() => foo)')
      assert.deepEqual(formatScriptError(error), [
        '[pjs] Error: unresolved identifier foo at line 2 column 12 in /main.js',
        '[pjs] Line 2:  \t.on(() => foo)',
        '[pjs]          \t          ^',
      ])
    }
  })

  it('is named as a syntax error where it is one', () => {
    try {
      compileModule({ path: '/main.js', text: 'pipy(' })
      assert.fail()
    } catch (error) {
      assert.ok(error instanceof ScriptError)
      assert.match(
        formatScriptError(error)[0] ?? '',
        /^\[pjs\] Syntax error: unexpected token at line 1 column 6/,
      )
    }
  })
})
