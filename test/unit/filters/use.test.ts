import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SessionEnd } from '../../../src/engine/event.ts'
import type { VariableScope } from '../../../src/engine/runtime.ts'
import { Gates } from './support/gate.ts'
import { type Spec, TestProgram } from './support/run.ts'

/** A module's variables that keep what `use` gives. */
class ArgumentScope implements VariableScope {
  enter(): void {}
  create(): object {
    return { argv: null }
  }
  clone(vars: object): object {
    return { ...vars }
  }
  setArguments(vars: object, argv: readonly unknown[]): void {
    Object.assign(vars, { argv })
  }
}

function open(spec: Spec): { gates: Gates; program: TestProgram } {
  const gates = new Gates()
  const program = new TestProgram(spec, { 'other.js': (p) => gates.append(p.pipeline('x')) })
  program.runtime.addScope(new ArgumentScope())
  program.runtime.addScope(new ArgumentScope())
  return { gates, program }
}

describe('use', () => {
  test('events go through the pipeline of the module, in the same context', () => {
    const { gates, program } = open((p) => p.use('other.js', 'x'))
    const session = program.open()
    assert.equal(gates.all.length, 0, 'it starts with the first event')
    session.feed('a', new SessionEnd(), 'late')
    assert.deepEqual(gates.get(0).input, ['Data "a"', 'SessionEnd'])
    assert.equal(gates.get(0).session.context, session.context)
    gates.get(0).emit(new SessionEnd('ReadError'))
    assert.deepEqual(session.output, ['SessionEnd ReadError'])
    gates.get(0).session.pause()
    assert.equal(session.pauses, 1)
    session.free()
    assert.equal(session.pauses, 0)
    assert.equal(gates.get(0).isReset, true)
  })

  const list = [1, 2]
  const callback = (): number => 1
  const table: [what: string, given: unknown[], argv: unknown][] = [
    ['nothing', [], null],
    ['a list', [list], list],
    ['a function that returns a list', [() => list], list],
    ['a function that returns a value', [() => 7], [7]],
    ['another value', ['ignored'], null],
    ['several values', ['a', callback], ['a', callback]],
  ]
  for (const [what, given, argv] of table) {
    test(`__argv of ${what}`, () => {
      const { program } = open((p) => p.use('other.js', 'x', ...given))
      const session = program.open().feed('a')
      assert.deepEqual((session.context.vars[1] as { argv: unknown }).argv, argv)
      assert.equal((session.context.vars[0] as { argv: unknown }).argv, null)
    })
  }

  test('the function is called in the context of the session', () => {
    const seen: unknown[] = []
    const { program } = open((p) =>
      p.use('other.js', 'x', () => seen.push(program.runtime.context)),
    )
    const session = program.open().feed('a')
    assert.deepEqual(seen, [session.context])
  })

  const failures: [module: string, pipeline: string, message: string][] = [
    ['none.js', 'x', 'module not found: none.js'],
    ['other.js', 'none', 'pipeline not found: none'],
  ]
  for (const [module, pipeline, text] of failures) {
    test(`${text}: the session ends`, () => {
      const { program } = open((p) => p.use(module, pipeline))
      assert.deepEqual(program.open().feed('a', 'b').output, ['SessionEnd RuntimeError'])
      assert.deepEqual(program.log, [`error Error: ${text}`])
    })
  }

  test('a function that throws ends the session', () => {
    const { program } = open((p) =>
      p.use('other.js', 'x', () => {
        throw new Error('oops')
      }),
    )
    assert.deepEqual(program.open().feed('a').output, ['SessionEnd RuntimeError'])
  })

  test('needs two strings', () => {
    assert.throws(() => open((p) => p.use(1 as never, 'x')), /argument #1 expects a string/)
    assert.throws(() => open((p) => p.use('x', undefined as never)), /argument #2 expects a string/)
  })
})
