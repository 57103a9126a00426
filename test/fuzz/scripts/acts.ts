/**
 * What the callbacks and constants of a random script do, as plain data: a failing case can be
 * printed, shrunk, and played again from the start.
 */
import fc from 'fast-check'
import { Data } from '../../../src/engine/data.ts'
import { MessageEnd, MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'

/** What is replaced or observed, by its name in the filter's own parameter type. */
export type Subject =
  | 'Event'
  | 'Data'
  | 'MessageStart'
  | 'MessageEnd'
  | 'SessionEnd'
  | 'Message'
  | 'Data | null'

/**
 * `same` gives the argument back, `made` a new thing of its kind, `list` two things, `nothing`
 * `null`; `spoil` changes the argument; the rest are what a careless script returns.
 */
export type Act =
  | 'same'
  | 'made'
  | 'list'
  | 'nothing'
  | 'throw'
  | 'spoil'
  | 'number'
  | 'text'
  | 'object'
  | 'nested list'
  | 'start'
  | 'end'
  | 'session end'
  | 'message'

/** A function of a script: what it does at its first call, its second, …, and again from the first. */
export interface Callback {
  readonly of: Subject
  readonly acts: readonly Act[]
  /** Whether it has a parameter: one without is given events that nobody copied for it. */
  readonly looks: boolean
}

/** What may replace a subject such that messages stay whole. */
const HARMLESS: Readonly<Record<Subject, readonly Act[]>> = {
  Event: ['same', 'throw'],
  Data: ['same', 'made', 'list', 'nothing', 'throw'],
  MessageStart: ['same', 'made', 'throw'],
  MessageEnd: ['same', 'made', 'throw'],
  SessionEnd: ['same', 'throw'],
  Message: ['same', 'made', 'list', 'nothing', 'throw'],
  'Data | null': ['same', 'made', 'list', 'nothing', 'throw'],
}

const ALL: readonly Act[] = [
  ...HARMLESS.Data,
  'spoil',
  'number',
  'text',
  'object',
  'nested list',
  'start',
  'end',
  'session end',
  'message',
]

/** What needs a function to be done. */
const ACTIVE: readonly Act[] = ['same', 'throw', 'spoil']

/** What a callback for `of` may do; with `isTidy` only what keeps messages whole. */
function actOf(of: Subject, isTidy: boolean): fc.Arbitrary<Act> {
  const acts = isTidy ? HARMLESS[of] : ALL
  // Failing every second time would leave little to look at.
  return fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...acts.filter((act) => act !== 'throw')) },
    { weight: 1, arbitrary: fc.constant<Act>('throw') },
  )
}

/** What a script may give in place of a callback. */
export function constantsOf(of: Subject, isTidy: boolean): Act[] {
  return (isTidy ? HARMLESS[of] : ALL).filter((act) => !ACTIVE.includes(act))
}

export function callbackOf(of: Subject, isTidy: boolean): fc.Arbitrary<Callback> {
  return fc.record({
    of: fc.constant(of),
    acts: fc.array(actOf(of, isTidy), { minLength: 1, maxLength: 3 }),
    // Without looking, nobody can tell which event, or which error, there has to be one for.
    looks: isTidy && (of === 'Event' || of === 'SessionEnd') ? fc.constant(true) : fc.boolean(),
  })
}

/** Counts calls, so that a case can begin again. */
export class Calls {
  readonly #counts = new Map<object, number>()

  /** Number of earlier calls of `what`. */
  next(what: object): number {
    const count = this.#counts.get(what) ?? 0
    this.#counts.set(what, count + 1)
    return count
  }

  reset(): void {
    this.#counts.clear()
  }
}

export function functionOf(callback: Callback, calls: Calls): (argument?: unknown) => unknown {
  const { acts, of, looks } = callback
  const act = (): Act => acts[calls.next(callback) % acts.length] ?? 'same'
  if (looks) return (argument) => perform(act(), of, argument)
  return () => perform(act(), of, undefined)
}

/** Does what an act says; `argument` is what the script was given. */
export function perform(act: Act, of: Subject, argument: unknown): unknown {
  switch (act) {
    case 'same':
      return argument ?? make(of)
    case 'made':
      return make(of)
    case 'list':
      return of === 'Message' ? [make(of), null, make(of)] : [new Data('one'), new Data('two')]
    case 'nothing':
      return null
    case 'throw':
      throw new Error('thrown by a random script')
    case 'spoil':
      return spoil(argument)
    case 'number':
      return 5
    case 'text':
      return 'text'
    case 'object':
      return { head: 1, body: 2 }
    case 'nested list':
      return [[new Data('nested')], new Data('behind')]
    case 'start':
      return new MessageStart({ path: '/random' })
    case 'end':
      return new MessageEnd()
    case 'session end':
      return new SessionEnd()
    case 'message':
      return new Message({ status: 201 }, 'message')
  }
}

function make(of: Subject): unknown {
  switch (of) {
    case 'Data':
    case 'Data | null':
    case 'Event':
      return new Data('made')
    case 'MessageStart':
      return new MessageStart({ path: '/made', headers: { 'x-made': '1' } })
    case 'MessageEnd':
      return new MessageEnd()
    case 'SessionEnd':
      return new SessionEnd()
    case 'Message':
      return new Message({ headers: { 'x-made': '1' } }, 'made')
  }
}

function spoil(argument: unknown): unknown {
  if (argument instanceof Data) return argument.push('more').shift(1)
  if (argument instanceof MessageStart) {
    const head = argument.head as { headers?: unknown } | null
    if (head === null) argument.head = { headers: { a: 1 } }
    else head.headers = 'none'
  }
  return argument
}
