import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { VariableScope } from '../../../src/engine/runtime.ts'
import { TestProgram } from '../filters/support/run.ts'

const program = (): TestProgram => new TestProgram((pipeline) => pipeline)

/** A module with one variable, as the script loader would make it. */
class CounterScope implements VariableScope {
  current: { value: number } | undefined

  enter(vars: object | undefined): void {
    this.current = vars as { value: number } | undefined
  }

  create(): object {
    return { value: 1 }
  }

  clone(vars: object): object {
    return { ...vars }
  }

  setArguments(vars: object, argv: readonly unknown[]): void {
    Object.assign(vars, { argv })
  }
}

describe('contexts', () => {
  test('have variables of their own for each module', () => {
    const { runtime } = program()
    runtime.addScope(new CounterScope())
    runtime.addScope(new CounterScope())
    const a = runtime.createContext(null)
    const b = runtime.createContext(null)
    assert.deepEqual(a.vars, [{ value: 1 }, { value: 1 }])
    assert.notEqual(a.vars[0], b.vars[0])
  })

  test('a fork starts with the current values and does not write back', () => {
    const { runtime } = program()
    runtime.addScope(new CounterScope())
    const parent = runtime.createContext(null)
    Object.assign(parent.vars[0] as object, { value: 5 })
    const child = parent.fork()
    assert.deepEqual(child.vars, [{ value: 5 }])
    Object.assign(child.vars[0] as object, { value: 6 })
    assert.deepEqual(parent.vars, [{ value: 5 }])
  })

  test('are current while one of their callbacks runs, also nested', () => {
    const { runtime } = program()
    const scope = new CounterScope()
    runtime.addScope(scope)
    const a = runtime.createContext(null)
    const b = runtime.createContext(null)
    const seen: unknown[] = []
    const see = (): unknown => seen.push(scope.current)
    runtime.call(
      a,
      () => {
        see()
        runtime.call(b, see, undefined)
        see()
      },
      undefined,
    )
    assert.deepEqual(seen, [a.vars[0], b.vars[0], a.vars[0]])
    assert.equal(scope.current, undefined)
    assert.equal(runtime.context, null)
  })

  test('what a callback throws passes, and the context before is back', () => {
    const { runtime } = program()
    const context = runtime.createContext(null)
    const fail = (): never => {
      throw new Error('oops')
    }
    assert.throws(() => runtime.call(context, fail, undefined), /oops/)
    assert.equal(runtime.context, null)
  })
})

describe('the end of a batch', () => {
  test('listeners are called once, also those that others add', () => {
    const { runtime } = program()
    const calls: string[] = []
    runtime.atBatchEnd({
      batchEnded: () => {
        calls.push('first')
        runtime.atBatchEnd({ batchEnded: () => calls.push('second') })
      },
    })
    runtime.endBatch()
    runtime.endBatch()
    assert.deepEqual(calls, ['first', 'second'])
  })

  test('sessions that are freed while others are recycled are recycled too', () => {
    const { runtime, ...rest } = program()
    const layout = rest
    assert.ok(layout)
    const order: string[] = []
    const session = (name: string, then?: () => void): { recycle(): void } => ({
      recycle: () => {
        order.push(name)
        then?.()
      },
    })
    const inner = session('inner')
    runtime.defer(session('outer', () => runtime.defer(inner as never)) as never)
    runtime.endBatch()
    assert.deepEqual(order, ['outer', 'inner'])
  })
})

test('a session that settles while it is recycled is recycled once, and so are the others', () => {
  const { runtime } = program()
  const order: string[] = []
  const nested = {
    recycle: () => {
      order.push('nested')
      runtime.endBatch()
    },
  }
  runtime.defer(nested as never)
  runtime.defer({ recycle: () => order.push('last') } as never)
  runtime.endBatch()
  assert.deepEqual(order, ['nested', 'last'])
})

describe('errors of scripts', () => {
  test('are logged by their message', () => {
    const { runtime, log } = program()
    runtime.reportScriptError(new Error('oops'))
    runtime.reportScriptError('text')
    assert.deepEqual(log, ['error Error: oops', 'error Error: text'])
  })
})
