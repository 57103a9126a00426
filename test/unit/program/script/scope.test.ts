import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileModule } from '../../../../src/program/script/compile-module.ts'
import { ModuleScope } from '../../../../src/program/script/scope.ts'

function scopeOf(initial: Record<string, unknown>): ModuleScope {
  const scope = new ModuleScope(compileModule({ path: '/main.js', text: 'pipy()' }))
  scope.declare(initial)
  return scope
}

describe('the variables of a context', () => {
  it('start with the initial values, of which objects are shared', () => {
    const shared = {}
    const scope = scopeOf({ _n: 1, _o: shared })
    const variables = scope.create(null)
    variables._n = 2
    assert.deepEqual(scope.create(null), {
      __filename: '/main.js',
      __argv: null,
      __inbound: null,
      _n: 1,
      _o: shared,
    })
    assert.equal(scope.create(null)._o, shared)
  })

  it('are cloned with the values they have', () => {
    const scope = scopeOf({ _n: 1 })
    const inbound = {}
    const parent = scope.create(inbound, ['arg'])
    parent._n = 2
    const child = scope.clone(parent)
    child._n = 3
    assert.equal(parent._n, 2)
    assert.equal(child.__inbound, inbound)
    assert.deepEqual(child.__argv, ['arg'])
  })

  it('may have any names', () => {
    const initial = JSON.parse('{ "a b": 1, "__proto__": 2, "\\"": 3, "0": 4 }')
    const scope = scopeOf(initial)
    for (const variables of [scope.create(null), scope.clone(scope.create(null))]) {
      assert.equal(variables['a b'], 1)
      assert.equal(Object.getOwnPropertyDescriptor(variables, '__proto__')?.value, 2)
      assert.equal(variables['"'], 3)
      assert.equal(variables['0'], 4)
    }
  })

  it('are out of reach when no context is running', () => {
    const scope = scopeOf({ _n: 1 })
    scope.enter(scope.create(null))
    assert.equal(scope.cell.v._n, 1)
    scope.enter(undefined)
    assert.throws(() => scope.cell.v._n, ReferenceError)
    assert.throws(() => {
      scope.cell.v._n = 1
    }, ReferenceError)
  })
})
