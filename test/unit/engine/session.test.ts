import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Event } from '../../../src/engine/event.ts'
import { SESSION_END, SessionEnd } from '../../../src/engine/event.ts'
import { Filter } from '../../../src/engine/filter.ts'
import { Layout } from '../../../src/engine/layout.ts'
import type { Session } from '../../../src/engine/session.ts'
import { TestProgram } from '../filters/support/run.ts'

/** A filter that records what is done to it, and holds up its source when told. */
class Probe extends Filter {
  readonly calls: string[] = []

  process(event: Event): void {
    this.calls.push('process')
    this.next.process(event)
  }

  override start(): void {
    this.calls.push('start')
  }

  override reset(): void {
    this.calls.push('reset')
  }
}

function probes(count: number): { layout: Layout; program: TestProgram } {
  const program = new TestProgram((pipeline) => pipeline)
  const stage = { name: 'probe', args: [], create: () => new Probe() }
  return { layout: new Layout(program.runtime, 'probes', 0, Array(count).fill(stage)), program }
}

const NOWHERE = { process: () => {} }

describe('a session', () => {
  test('without filters echoes, as a listener without filters does', () => {
    const session = new TestProgram((pipeline) => pipeline).open()
    assert.deepEqual(session.feed('hello').output, ['Data "hello"'])
  })

  test('passes events through its filters in one call, in order', () => {
    const { layout, program } = probes(3)
    const context = program.runtime.createContext(null)
    const seen: Event[] = []
    const session = layout.spawn(context, null, { process: (event) => seen.push(event) })
    const end = new SessionEnd()
    session.process(end)
    assert.deepEqual(seen, [end])
    for (const filter of session.filters) {
      assert.deepEqual((filter as Probe).calls, ['start', 'process'])
      assert.equal(filter.session, session)
    }
  })

  test('knows its context, source and parent while it runs', () => {
    const { layout, program } = probes(1)
    const context = program.runtime.createContext(null)
    const parent = layout.spawn(context, null, NOWHERE)
    const source = { pause: () => {}, resume: () => {} }
    const session = layout.spawn(context, source, NOWHERE, parent)
    assert.equal(session.context, context)
    assert.equal(session.source, source)
    assert.equal(session.parent, parent)
    session.free()
    program.settle()
    assert.equal(session.source, null)
    assert.equal(session.parent, null)
  })

  test('is recycled at the end of the batch, not before', () => {
    const { layout, program } = probes(1)
    const context = program.runtime.createContext(null)
    const session = layout.spawn(context, null, NOWHERE)
    const probe = session.filters[0] as Probe
    session.free()
    assert.equal(session.isLive, false)
    assert.deepEqual(probe.calls, ['start'])
    assert.equal(layout.active, 1)
    program.settle()
    assert.deepEqual(probe.calls, ['start', 'reset'])
    assert.equal(layout.active, 0)
  })

  test('takes nothing more once it is freed', () => {
    const { layout, program } = probes(1)
    const seen: Event[] = []
    const session = layout.spawn(program.runtime.createContext(null), null, {
      process: (event) => seen.push(event),
    })
    session.free()
    session.process(new SessionEnd())
    assert.equal(seen.length, 0)
  })

  test('freed twice is recycled once', () => {
    const { layout, program } = probes(1)
    const session = layout.spawn(program.runtime.createContext(null), null, NOWHERE)
    session.free()
    session.free()
    program.settle()
    assert.equal(layout.active, 0)
    const context = program.runtime.createContext(null)
    const [a, b] = [layout.spawn(context, null, NOWHERE), layout.spawn(context, null, NOWHERE)]
    assert.notEqual(a, b)
  })

  test('comes back from the pool for the next spawn', () => {
    const { layout, program } = probes(2)
    const context = program.runtime.createContext(null)
    const first = layout.spawn(context, null, NOWHERE)
    first.free()
    assert.notEqual(layout.spawn(context, null, NOWHERE), first, 'not within the same batch')
    program.settle()
    assert.equal(layout.spawn(context, null, NOWHERE), first)
    assert.equal(layout.allocated, 2)
  })

  test('aborted takes no more input until it is reused', () => {
    const { layout, program } = probes(1)
    const context = program.runtime.createContext(null)
    const seen: Event[] = []
    const sink = { process: (event: Event) => seen.push(event) }
    const session = layout.spawn(context, null, sink)
    session.abort()
    session.process(new SessionEnd())
    assert.equal(seen.length, 0)
    session.free()
    program.settle()
    assert.equal(layout.spawn(context, null, sink), session)
    session.process(new SessionEnd())
    assert.equal(seen[0]?.kind, SESSION_END)
  })
})

describe('pauses', () => {
  function paused(): { session: Session; state: () => number; program: TestProgram } {
    const { layout, program } = probes(2)
    let pauses = 0
    const source = { pause: () => pauses++, resume: () => pauses-- }
    const context = program.runtime.createContext(null)
    return { session: layout.spawn(context, source, NOWHERE), state: () => pauses, program }
  }

  test('go up the filters to the source, once for any number of them', () => {
    const { session, state } = paused()
    session.pauseOutput()
    session.pauseOutput()
    assert.equal(state(), 1)
    session.resumeOutput()
    assert.equal(state(), 1)
    session.resumeOutput()
    assert.equal(state(), 0)
  })

  test('taken back once too often do not go negative', () => {
    const { session, state } = paused()
    session.resumeOutput()
    session.pauseOutput()
    assert.equal(state(), 1)
  })

  test('left over when the session ends are taken back', () => {
    const { session, state, program } = paused()
    session.pauseOutput()
    session.pauseOutput()
    session.free()
    program.settle()
    assert.equal(state(), 0)
  })

  test('of a session without filters reach its source', () => {
    const program = new TestProgram((pipeline) => pipeline)
    const session = program.open()
    session.session.pauseOutput()
    assert.equal(session.pauses, 1)
    session.session.resumeOutput()
    assert.equal(session.pauses, 0)
  })
})
