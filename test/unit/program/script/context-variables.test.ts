import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { evaluate, loadScript, run } from './script-fixture.ts'

describe('a context variable', () => {
  it('is read and written by its name', () => {
    const { value, variables } = run('(_x = _x + 1, _x)', '{ _x: 1 }')
    assert.equal(value, 2)
    assert.equal(variables._x, 2)
  })

  it('may be declared by a quoted or method key', () => {
    assert.equal(evaluate('_a + _m()', "{ '_a': 1, _m() { return 2 } }"), 3)
  })

  it('is found in shorthand properties, patterns and loops', () => {
    assert.deepEqual(evaluate('({ _x })', '{ _x: 1 }'), { _x: 1 })
    assert.equal(run('([_x] = [5])', '{ _x: 1 }').variables._x, 5)
    assert.equal(run('({ _x } = { _x: 6 })', '{ _x: 1 }').variables._x, 6)
    assert.equal(run('({ _x = 7 } = {})', '{ _x: 1 }').variables._x, 7)
    assert.equal(run('({ a: _x = _y } = {})', '{ _x: 1, _y: 8 }').variables._x, 8)
    assert.deepEqual(run('[..._x] = args', '{ _x: 1 }', 1, 2).variables._x, [1, 2])
    assert.equal(run('{ for (_x of [1, 2]); }', '{ _x: 0 }').variables._x, 2)
    assert.equal(run('{ for (_x in { k: 0 }); }', '{ _x: 0 }').variables._x, 'k')
    assert.equal(evaluate('((a = _x) => a)()', '{ _x: 3 }'), 3)
    assert.equal(evaluate('`a$' + '{_x}`', '{ _x: 3 }'), 'a3')
    assert.equal(evaluate('_x?.y?.[_k]', `{ _x: { y: { z: 4 } }, _k: 'z' }`), 4)
  })

  it('gives way to parameters and locals of the same name', () => {
    assert.equal(evaluate('(_x => _x)(2)', '{ _x: 1 }'), 2)
    assert.equal(evaluate('(({ a: [_x] }) => _x)({ a: [2] })', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ let _x = 2; return _x }', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ { let _x = 2 } return _x }', '{ _x: 1 }'), 1)
    assert.equal(evaluate('{ if (true) { var _x = 2 } return _x }', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ return f(); function f() { return 2 } }', '{ f: () => 1 }'), 2)
    assert.equal(evaluate('{ try { throw 2 } catch (_x) { return _x } }', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ for (const _x of [2]) return _x }', '{ _x: 1 }'), 2)
    assert.equal(evaluate('(function _x(n) { return n ? _x(n - 1) : 2 })(1)', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ class _x {} return typeof _x }', '{ _x: 1 }'), 'function')
    assert.equal(evaluate('{ switch (1) { case 1: let _x = 2; return _x } }', '{ _x: 1 }'), 2)
  })

  it('is not confused with properties, labels or keys of that name', () => {
    assert.deepEqual(evaluate('({ _x: 2 })', '{ _x: 1 }'), { _x: 2 })
    assert.equal(evaluate('({ _x: 2 })._x', '{ _x: 1 }'), 2)
    assert.equal(evaluate('{ _x: for (;;) break _x; return 1 }', '{ _x: 1 }'), 1)
    assert.equal(
      evaluate('new (class { _x = _x; _y() { return this._x } })()._y()', '{ _x: 1 }'),
      1,
    )
  })

  it('is called without an object, and can be constructed', () => {
    assert.equal(evaluate('_f()', '{ _f: function () { return this } }'), undefined)
    assert.equal(evaluate('(_f)(2)', '{ _f: x => x }'), 2)
    assert.equal(evaluate('_f?.(2)', '{ _f: null }'), undefined)
    assert.equal(evaluate('_f`a`[0]', '{ _f: x => x }'), 'a')
    assert.equal(evaluate('new _C(2).x', '{ _C: class { constructor(x) { this.x = x } } }'), 2)
  })

  it('cannot be deleted', () => {
    const { value, variables } = run('delete _x', '{ _x: 1 }')
    assert.equal(value, false)
    assert.equal(variables._x, 1)
  })

  it('belongs to the context that is running, also in functions that other contexts made', () => {
    const script = loadScript(`pipy({ _x: 0, _shared: {} })
      .on(x => (_x = x, _shared.f ??= () => _x))
      .on(() => _shared.f())`)
    const [one, two] = [script.scope.create(null), script.scope.create(null)]
    script.call(one, 0, 1)
    script.call(two, 0, 2)
    assert.equal(script.call(one, 1), 1)
    assert.equal(script.call(two, 1), 2)
  })

  it('loses against a script global of the same name, with a warning', () => {
    assert.equal(typeof evaluate('Date', '{ Date: 1 }'), 'function')
  })

  it('wins against a JavaScript built-in that scripts did not have before', () => {
    assert.equal(evaluate('Map', '{ Map: 1 }'), 1)
  })

  it('is out of reach while the script is loading', () => {
    assert.throws(() => loadScript('pipy({ _x: 1 }).on(_x)'), {
      name: 'ReferenceError',
      message: /context variable _x can only be used in a callback/,
    })
  })
})

describe('variables that are not listed in an object literal', () => {
  it('are found when the script has been evaluated', () => {
    const script = loadScript(
      `(defaults => pipy({ ...defaults, _y: 2 }).on(() => _x + _y))({ _x: 1 })`,
    )
    assert.equal(script.call(script.scope.create(null)), 3)
  })

  it('make an unknown name an error at that time', () => {
    assert.throws(() => loadScript(`pipy(Object.assign({ _x: 1 })).on(() => _x +\n _y)`), {
      name: 'ScriptError',
      message: 'unresolved identifier _y',
      line: 2,
      column: 2,
    })
  })
})

describe('the specials', () => {
  it('tell the module, the inbound and the arguments', () => {
    const script = loadScript(`pipy().on(() => [__filename, __inbound, __argv])`)
    const inbound = { remoteAddress: '127.0.0.1' }
    assert.deepEqual(script.call(script.scope.create(inbound)), ['/main.js', inbound, null])
    assert.deepEqual(script.call(script.scope.create(null, [1])), ['/main.js', null, [1]])
    assert.deepEqual(loadScript('pipy().on(() => ({ __filename }))').call({}), {
      __filename: '/main.js',
    })
  })

  it('cannot be assigned', () => {
    assert.throws(() => loadScript('pipy().on(() => __argv = 1)'), {
      message: 'cannot assign to __argv, which is read-only',
    })
  })
})
