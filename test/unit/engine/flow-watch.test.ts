import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EDGE_FIELDS, ERRORS, EVENTS, MESSAGES } from '../../../src/engine/edge-counts.ts'
import { MessageEnd, MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import {
  type ExchangePlace,
  FlowWatch,
  type WatchedProgram,
} from '../../../src/engine/flow-watch.ts'
import type { Layout } from '../../../src/engine/layout.ts'
import { Message } from '../../../src/engine/message.ts'
import type { Session } from '../../../src/engine/session.ts'
import { type Spec, TestProgram, type TestSession } from '../filters/support/run.ts'

/** Enough to be more than what is looked at one by one. */
const MANY = 1e7

interface Watched {
  readonly program: TestProgram
  readonly layouts: readonly Layout[]
  readonly watch: FlowWatch
  /** Opens a session that connections lead to, so that it is found when watching begins. */
  open(name?: string): TestSession
}

/** A program with its watch; `isEarly` opens a session before anybody watches. */
function watched(spec: Spec, names = ['main'], more: Partial<WatchedProgram> = {}): Watched {
  const program = new TestProgram(spec)
  const layouts = names.map((name) => program.layout(name))
  const live: Session[] = []
  const watch = new FlowWatch({
    layouts,
    live: () => live.filter(({ isLive }) => isLive),
    isDirect: () => false,
    exchangeOf: () => null,
    looksAtRequests: false,
    ...more,
  })
  const open = (name?: string): TestSession => {
    const session = program.open(name)
    live.push(session.session)
    return session
  }
  return { program, layouts, watch, open }
}

/** One number of each edge of a layout. */
function edges({ watch }: Watched, layout: Layout | undefined, field: number): number[] {
  const place = layout?.watch
  if (!layout || !place) return []
  const counts = watch.countsOf(place, layout.stages.length)
  return counts.filter((_, index) => index % EDGE_FIELDS === field)
}

/** What each filter has given a layout's sessions and got back from them, one number of it. */
function calls(layout: Layout | undefined, field: number): Record<string, (number | undefined)[]> {
  return Object.fromEntries(
    Array.from(layout?.watch?.calls ?? [], ({ pipeline, filter, into, back }) => {
      return [`${pipeline}.${filter}`, [into[field], back[field]]]
    }),
  )
}

const request = (): MessageStart => new MessageStart({ method: 'GET', path: '/' })
const two: Spec = (pipeline) => pipeline.onMessageStart(() => {}).onMessageStart(() => {})

test('each edge of a session counts what passes it', () => {
  const all = watched(two)
  const session = all.open()
  session.feed(request(), 'four', new MessageEnd(), new SessionEnd('ReadError'))
  const [layout] = all.layouts
  assert.deepEqual(edges(all, layout, MESSAGES), [1, 1, 1])
  assert.deepEqual(edges(all, layout, EVENTS), [4, 4, 4])
  assert.deepEqual(edges(all, layout, ERRORS), [1, 1, 1])
})

test('what a filter swallows does not pass behind it', () => {
  const all = watched((pipeline) => pipeline.onMessageStart(() => {}).replaceMessage(() => null))
  all.open().feed(request(), new MessageEnd())
  assert.deepEqual(edges(all, all.layouts[0], MESSAGES), [1, 1, 0])
})

test('sessions are as they were when nobody watches any more', () => {
  const all = watched(two)
  const session = all.open()
  const events = session.feed(request(), new MessageEnd()).output.length
  all.watch.stop()
  assert.equal(session.session.entry, session.session.first)
  assert.equal(session.feed(request(), new MessageEnd()).output.length, 2 * events)
  assert.deepEqual(
    all.layouts.map(({ watch }) => watch),
    [null],
  )
})

test('a session that was there before is watched from now on', () => {
  const program = new TestProgram(two)
  const session = program.open()
  session.feed(request())
  const layouts = [program.layout()]
  const live = (): Session[] => [session.session]
  const watch = new FlowWatch({
    ...{ layouts, live, isDirect: () => false, exchangeOf: () => null },
    looksAtRequests: false,
  })
  session.feed(new MessageEnd())
  assert.equal(watch.counts[EVENTS], 1)
  assert.deepEqual(session.output.length, 2)
})

test('a pooled session is watched again in its next life', () => {
  const all = watched(two)
  for (let life = 0; life < 3; life++) {
    const session = all.open()
    session.feed(request())
    session.session.free()
    all.program.settle()
  }
  assert.equal(all.layouts[0]?.allocated, 1)
  assert.deepEqual(edges(all, all.layouts[0], MESSAGES), [3, 3, 3])
})

test('a session that works for another is watched with it', () => {
  const all = watched(
    (pipeline) =>
      pipeline
        .link('inner')
        .pipeline('inner')
        .onMessageStart(() => {}),
    ['main', 'inner'],
  )
  all.open().feed(request())
  assert.deepEqual(edges(all, all.layouts[1], MESSAGES), [1, 1])
})

test('what filters give to one pipeline is told apart, and together what goes into that', () => {
  const all = watched(
    (pipeline) =>
      pipeline
        .onMessageStart(() => {})
        .link('inner')
        .pipeline('other')
        .link('inner')
        .pipeline('copies')
        .fork('inner')
        .pipeline('inner')
        .onMessageStart(() => {}),
    ['main', 'other', 'copies', 'inner'],
  )
  const inner = all.layouts[3]
  all.open().feed(request(), new MessageEnd(), request())
  all.open('other').feed(request())
  all.open('copies').feed(request(), new SessionEnd('ReadError'))
  assert.deepEqual(calls(inner, MESSAGES), { '0.1': [2, 2], '1.0': [1, 1], '2.0': [1, 0] })
  assert.deepEqual(calls(inner, ERRORS), { '0.1': [0, 0], '1.0': [0, 0], '2.0': [1, 0] })
  assert.deepEqual(edges(all, inner, MESSAGES), [4, 3])
  all.watch.clear()
  assert.deepEqual(calls(inner, MESSAGES), { '0.1': [0, 0], '1.0': [0, 0], '2.0': [0, 0] })
  assert.deepEqual(edges(all, inner, MESSAGES), [0, 0])
})

test('a pooled session counts for whoever has started it this time', () => {
  const all = watched(
    (pipeline) =>
      pipeline
        .link('inner')
        .pipeline('other')
        .link('inner')
        .pipeline('inner')
        .onMessageStart(() => {}),
    ['main', 'other', 'inner'],
  )
  for (const name of ['main', 'other', 'main']) {
    const session = all.open(name)
    session.feed(request())
    session.session.free()
    all.program.settle()
  }
  assert.equal(all.layouts[2]?.allocated, 1)
  assert.deepEqual(calls(all.layouts[2], MESSAGES), { '0.0': [2, 2], '1.0': [1, 1] })
})

test('when there is much to see, some sessions stand for all, and again for themselves', () => {
  const all = watched(two)
  all.watch.passed = MANY
  all.watch.adjust(1)
  const { sampled } = all.watch
  assert.ok(sampled > 1)
  const seen = (): number => edges(all, all.layouts[0], MESSAGES)[0] ?? 0
  for (let number = 0; number < sampled; number++) all.open().feed(request())
  assert.equal(seen(), sampled, 'the one that is looked at counts for all')
  for (let second = 0; second < 20; second++) all.watch.adjust(1)
  assert.equal(all.watch.sampled, 1)
  const before = seen()
  for (let number = 0; number < 5; number++) all.open().feed(request())
  assert.equal(seen(), before + 5)
})

test('however few sessions there are, of each layout some are looked at, and stand for those', () => {
  const all = watched((pipeline) => two(two(pipeline).pipeline('other')), ['main', 'other'])
  const sessions = ['main', 'other', 'main', 'main'].map((name) => all.open(name))
  const seen = (): unknown[] => all.layouts.map((one) => edges(all, one, MESSAGES)[0])
  const feed = (): void => {
    for (const session of sessions) session.feed(request())
  }
  all.watch.passed = MANY
  all.watch.adjust(1)
  assert.ok(all.watch.sampled > 3)
  feed()
  assert.deepEqual(seen(), [3, 1])

  const { sampled } = all.watch
  all.watch.passed = MANY
  all.watch.adjust(1)
  assert.equal(all.watch.sampled, sampled, 'fewer would be none')

  sessions.shift()?.free()
  // Between the limits: `sampled` stays.
  for (let interval = 0; interval < 10; interval++) {
    all.watch.passed = 10_000
    all.watch.adjust(1)
  }
  feed()
  assert.deepEqual(seen(), [5, 2], 'two are left of three')
})

test('between two filters that pass bytes by other ways stands nothing', () => {
  const direct: unknown[] = []
  const all = watched(two, ['main'], { isDirect: (filter) => direct.includes(filter) })
  const first = all.program.open()
  first.session.free()
  all.program.settle()
  direct.push(first.session.first)
  all.open().feed(request())
  assert.deepEqual(edges(all, all.layouts[0], MESSAGES), [1, 0, 1])
})

test('time is that of the filter that runs, and of nobody while none does', () => {
  const all = watched((pipeline) =>
    pipeline
      .onMessageStart(() => {
        const end = performance.now() + 20
        while (performance.now() < end);
      })
      .dummy(),
  )
  all.open().feed(request())
  const [slow = 0, quick = 0] = all.watch.times
  assert.ok(slow >= 20, `${slow} ms`)
  assert.ok(quick < slow)
  assert.equal(all.watch.current, null)
})

test('when there is much to see, times are those of some intervals, and counts of all', () => {
  let asked = 0
  const all = watched((pipeline) => pipeline.onMessageStart(() => void asked++).dummy())
  const timed: boolean[] = []
  for (let interval = 0; interval < 20; interval++) {
    all.watch.passed = 10_000
    all.watch.adjust(1)
    const before = all.watch.times.reduce((a, b) => a + b)
    all.open().feed(request())
    timed.push(all.watch.times.reduce((a, b) => a + b) > before)
  }
  assert.equal(timed.filter(Boolean).length, 2)
  assert.equal(edges(all, all.layouts[0], MESSAGES)[0], asked)
  all.watch.adjust(1)
  assert.ok(all.watch.isTiming, 'with little to see, always')
})

test('requests that wait for their answers are known, and gone with their session', () => {
  const answered: number[] = []
  const observer = { answered: (_: MessageStart, ms: number) => void answered.push(ms) }
  const place: ExchangePlace = { asks: 0, answers: 1, observer }
  let isAnswering = true
  const all = watched(
    (pipeline) => pipeline.replaceMessage((message) => (isAnswering ? message : null)),
    ['main'],
    { exchangeOf: () => place },
  )
  const waiting = (): number => [...all.watch.waiting().values()].reduce((a, b) => a + b, 0)
  const session = all.open()
  session.feed(request(), new MessageEnd())
  assert.deepEqual([answered.length, waiting()], [1, 0])
  isAnswering = false
  session.feed(request(), new MessageEnd(), request(), new MessageEnd())
  all.open().feed(request(), new MessageEnd())
  assert.deepEqual([answered.length, waiting()], [1, 3])
  session.session.free()
  all.program.settle()
  assert.equal(waiting(), 1)
})

test('when only requests are looked at, nothing stands elsewhere', () => {
  const answered: string[] = []
  const observer = { answered: (start: MessageStart) => void answered.push(String(start.head)) }
  const spec: Spec = (pipeline) =>
    two(
      pipeline
        .replaceMessage(() => new Message('an answer'))
        .link('inner')
        .pipeline('inner'),
    )
  const all = watched(spec, ['main', 'inner'], {
    looksAtRequests: true,
    exchangeOf: ({ name }) => (name === 'main' ? { asks: 0, answers: 1, observer } : null),
  })
  const session = all.open()
  session.feed(request(), new MessageEnd())
  assert.equal(answered.length, 1)
  assert.deepEqual(edges(all, all.layouts[0], MESSAGES), [1, 1, 0])
  assert.deepEqual(edges(all, all.layouts[1], MESSAGES), [0, 0, 0])
  assert.equal(
    all.watch.times.reduce((a, b) => a + b),
    0,
  )
  all.open()
  all.watch.passed = MANY
  all.watch.adjust(1)
  const { first, entry } = all.open().session
  assert.ok(entry === first, 'one that is not looked at is as it was')
})
