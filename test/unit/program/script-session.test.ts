import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { createSessionClass, type ScriptSession } from '../../../src/program/script-session.ts'
import { Gates } from '../filters/support/gate.ts'
import { TestProgram } from '../filters/support/run.ts'

/** Makes a session in a context of its own, as a callback does. */
function make(pipeline = 'x'): {
  session: ScriptSession
  gates: Gates
  program: TestProgram
} {
  const gates = new Gates()
  const program = new TestProgram((p) => p, { '/m.js': (p) => gates.append(p.pipeline('x')) })
  const Session = createSessionClass(program.runtime)
  const inbound = {
    ...{ id: 1, listener: 0, remoteAddress: 'r', remotePort: 1, localAddress: 'l', localPort: 2 },
    ...{ addDependent: () => {}, removeDependent: () => {}, ended: () => {} },
  }
  const session = program.runtime.call(
    program.runtime.createContext(inbound),
    () => new Session('/m.js', pipeline),
    undefined,
  )
  return { session, gates, program }
}

describe('Session', () => {
  test('takes events, messages and lists of them', () => {
    const { session, gates } = make()
    session.input(new Data('a'), new Message('b'), [new Data('c'), null, [new SessionEnd()]])
    assert.deepEqual(gates.get(0).input, [
      'Data "a"',
      'MessageStart',
      'Data "b"',
      'MessageEnd',
      'Data "c"',
      'SessionEnd',
    ])
  })

  test('a message without a body is a message', () => {
    const { session, gates } = make()
    session.input(new Message())
    assert.deepEqual(gates.get(0).input, ['MessageStart', 'MessageEnd'])
  })

  test('anything else is refused', () => {
    const { session } = make()
    assert.throws(() => session.input('text' as never), /not an Event object/)
    assert.throws(() => session.input([1 as never]), /not an Event object/)
  })

  test('is done when its pipeline has put out the end', () => {
    const { session, gates } = make()
    assert.equal(session.done, false)
    gates.get(0).emit(new Data('x'))
    assert.equal(session.done, false)
    gates.get(0).emit(new SessionEnd())
    assert.equal(session.done, true)
  })

  test('tells the addresses of the context’s connection', () => {
    const { session } = make()
    const { remoteAddress, remotePort, localAddress, localPort } = session
    assert.deepEqual([remoteAddress, remotePort, localAddress, localPort], ['r', 1, 'l', 2])
  })

  test('outlives the callback, and ends with the program', () => {
    const { gates, program } = make()
    program.settle()
    assert.equal(gates.get(0).isReset, false)
    program.runtime.releaseAll()
    program.settle()
    assert.equal(gates.get(0).isReset, true)
  })

  test('that nobody refers to any more ends', async () => {
    const { gates } = make()
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    for (let i = 0; i < 50 && !gates.get(0).isReset; i++) {
      collect()
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    assert.equal(gates.get(0).isReset, true)
  })

  test('needs a pipeline that exists, and a context', () => {
    assert.throws(() => make('none'), /pipeline not found: none/)
    const { program } = make()
    const Session = createSessionClass(program.runtime)
    assert.throws(() => new Session('/m.js', 'x'), /only begin in a callback/)
    assert.throws(() => new (createSessionClass(null))('/m.js', 'x'), /only begin in a callback/)
    const context = program.runtime.createContext(null)
    const absent = (): unknown =>
      program.runtime.call(context, () => new Session('/none.js', 'x'), undefined)
    assert.throws(absent, /module not found: \/none.js/)
    assert.throws(() => new Session(1 as never, 'x'), /argument #1 expects a string/)
  })
})
