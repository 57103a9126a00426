/** Random arguments for filters, from the types that the registry documents. */
import fc from 'fast-check'
import type { FilterDefinition, ParameterDoc } from '../../../src/engine/definition.ts'
import {
  type Act,
  type Callback,
  type Calls,
  callbackOf,
  constantsOf,
  functionOf,
  perform,
  type Subject,
} from './acts.ts'

/** One argument as plain data; `realise` makes the real one. */
export type Argument =
  | { readonly value: unknown }
  | { readonly callback: Callback }
  | { readonly constant: Act; readonly of: Subject }
  | { readonly condition: readonly Answer[] }

type Answer = 'true' | 'false' | 'throw' | 'text' | 'list'

/** What surrounds the filter under test. */
export interface Surroundings {
  /** Pipelines it may refer to. */
  readonly targets: readonly string[]
  /** An address on which somebody echoes, and one on which nobody listens. */
  readonly addresses: readonly string[]
  /** Callbacks keep messages whole. */
  readonly isTidy: boolean
}

/** The module that `use` finds, with the same pipelines. */
export const MODULE = 'other.js'

type Make = (around: Surroundings, parameter: ParameterDoc) => fc.Arbitrary<Argument>

const value = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<Argument> =>
  arbitrary.map((one) => ({ value: one }))
const callback =
  (of: Subject): Make =>
  ({ isTidy }) =>
    callbackOf(of, isTidy).map((one) => ({ callback: one }))
const replacer =
  (of: Subject): Make =>
  (around, parameter) => {
    const callbacks = callback(of)(around, parameter)
    const constants = constantsOf(of, around.isTidy)
    if (constants.length === 0) return callbacks
    return fc.oneof(
      callbacks,
      fc.constantFrom(...constants).map((constant) => ({ constant, of })),
    )
  }
const condition =
  (...answers: Answer[]): Make =>
  () =>
    fc
      .array(fc.constantFrom(...answers), { minLength: 1, maxLength: 4 })
      .map((list) => ({ condition: list }))
const valueOrCondition =
  (values: fc.Arbitrary<unknown>, ...answers: Answer[]): Make =>
  (around, parameter) =>
    fc.oneof(value(values), condition(...answers)(around, parameter))

const HEADS = fc.constantFrom<unknown>(
  null,
  undefined,
  { status: 404, headers: { 'x-constant': 'yes' } },
  { method: 'PUT', path: '/constant' },
  { id: '7', isRequest: true, isTwoWay: true },
)

/** How to make an argument of each type; a type that is missing here has to be added. */
const BY_TYPE: Readonly<Record<string, Make>> = {
  string: ({ targets }, { name }) =>
    value(name === 'module' ? fc.constant(MODULE) : fc.constantFrom(...targets)),
  'string | (() => string)': ({ addresses }) => value(fc.constantFrom(...addresses)),
  'string | string[] | (() => string | string[])': () =>
    value(fc.constantFrom<unknown>('cat', ['cat'], 'true', 'no-such-program', '')),
  '() => unknown': condition('true', 'true', 'false', 'text', 'throw'),
  '(string | (() => unknown))': ({ targets }) => value(fc.constantFrom(...targets)),
  'unknown | (() => unknown)': valueOrCondition(fc.constantFrom<unknown>(null, 'tag', 5), 'text'),
  unknown: () => value(fc.constantFrom<unknown>(1, 'two', [3, 4], null)),
  'object | (() => object)': ({ isTidy }) =>
    fc.oneof(
      value(HEADS),
      isTidy ? value(HEADS) : condition('text', 'list', 'throw')(NOTHING, NONE),
    ),
  'object | object[] | (() => object | object[])': valueOrCondition(
    fc.constantFrom<unknown>(null, {}, [{}, {}], []),
    'list',
    'throw',
  ),
  'number | string | (() => number | string)': () =>
    value(fc.constantFrom<unknown>(1, 1000, '1k', '100m', 0, -1, 'nonsense')),
  ConnectOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        null,
        { retryCount: 1, retryDelay: 0.01 },
        { eager: true },
        { bufferLimit: 10 },
        { proxyProtocol: 'v2' },
      ),
    ),
  ForwardingOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        null,
        { xForwarded: true },
        { forwarded: true, received: 'replace' },
        { requestId: true, traceparent: true },
      ),
    ),
  'RouteRule[]': ({ targets }) =>
    value(
      fc.constantFrom(...targets).chain((to) =>
        fc.constantFrom<unknown>(
          [{ to }],
          [],
          [
            { path: { prefix: '/a' }, to },
            { method: 'POST', to: [{ pipeline: to, weight: 1 }] },
          ],
          [{ host: '*.a', headers: { 'x-a': { exact: 'b' } }, to }],
        ),
      ),
    ),
  RequestChanges: () =>
    value(
      fc.constantFrom<unknown>(
        {},
        { path: { prefix: '/a', to: '/b' } },
        { path: { to: '/c' }, headers: { set: { host: 'b' }, remove: ['x-a'] } },
      ),
    ),
  HeaderChanges: () =>
    value(
      fc.constantFrom<unknown>({}, { set: { 'x-a': '1' } }, { add: { b: 'c' }, remove: ['etag'] }),
    ),
  CompressionOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        {},
        { minimumSize: 0, types: ['text/*', 'text/event-stream'] },
        { algorithms: ['gzip'], level: 1, minimumSize: '2k' },
      ),
    ),
  FileOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        { index: 'package.json', cacheControl: 'no-store' },
        { precompressed: true, fallback: '/README.md' },
      ),
    ),
  RedirectOptions: () =>
    value(
      fc.constantFrom<unknown>({ host: 'b' }, { scheme: 'https', status: 301, path: { to: '/d' } }),
    ),
  AccessRules: () =>
    value(fc.constantFrom<unknown>({}, { allow: ['127.0.0.0/8'] }, { allow: [], deny: ['::/0'] })),
  RecordOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        {},
        { accessLog: '/dev/null' },
        { accessLog: { path: '/dev/null', format: 'json', sample: 0.5, status: ['4xx', '5xx'] } },
      ),
    ),
  // Ample ones: what has passed before must not show.
  RateLimitOptions: () =>
    value(
      fc.constantFrom<unknown>(
        { rate: 1_000_000 },
        { rate: '60/m', burst: 10_000, key: 'address' },
        { rate: '1/h', burst: 10_000, key: { header: 'host' } },
      ),
    ),
  number: () => value(fc.constantFrom<unknown>(0, 1, 50, 100)),
  MuxOptions: () =>
    value(
      fc.constantFrom<unknown>(
        undefined,
        { pipelining: 1, maxSessions: 2 },
        { pipelining: 1, maxSessions: 1, maxQueue: 1 },
        { retries: 0 },
        { maxIdle: 0 },
      ),
    ),
  '(event: Event) => void': callback('Event'),
  '(event: Data) => void': callback('Data'),
  '(event: MessageStart) => void': callback('MessageStart'),
  '(event: MessageEnd) => void': callback('MessageEnd'),
  '(event: SessionEnd) => void': callback('SessionEnd'),
  '(body: Data) => void': callback('Data'),
  '(message: Message) => void': callback('Message'),
  'Replacer<Event>': replacer('Event'),
  'Replacer<Data>': replacer('Data'),
  'Replacer<MessageStart>': replacer('MessageStart'),
  'Replacer<MessageEnd>': replacer('MessageEnd'),
  'Replacer<SessionEnd>': replacer('SessionEnd'),
  'Replacer<Data | null>': replacer('Data | null'),
  'Replacer<Message>': replacer('Message'),
}

const NOTHING: Surroundings = { targets: [], addresses: [], isTidy: true }
const NONE: ParameterDoc = { name: '', type: '', doc: '' }

/** Valid arguments of a filter: all that it requires, and some of those that may be left out. */
export function argumentsOf(
  { name, parameters }: FilterDefinition,
  around: Surroundings,
): fc.Arbitrary<Argument[]> {
  const arbitraries = parameters.map((parameter) => {
    const make = BY_TYPE[parameter.type]
    if (make === undefined) {
      throw new Error(
        `${name}: no random argument of type ${parameter.type}: add it to test/fuzz/scripts/arguments.ts`,
      )
    }
    return make(around, parameter)
  })
  // Replacing by nothing cuts messages.
  const isRequired = ({ isOptional, type }: ParameterDoc): boolean =>
    isOptional !== true || (around.isTidy && type.startsWith('Replacer<'))
  const required = parameters.filter(isRequired).length
  return fc
    .tuple(fc.integer({ min: required, max: parameters.length }), fc.tuple(...arbitraries))
    .map(([count, all]) => all.slice(0, count))
}

export function realise(argument: Argument, calls: Calls): unknown {
  if ('value' in argument) return argument.value
  if ('callback' in argument) return functionOf(argument.callback, calls)
  if ('constant' in argument) return perform(argument.constant, argument.of, undefined)
  return () => answer(argument.condition[calls.next(argument) % argument.condition.length])
}

function answer(what: Answer | undefined): unknown {
  switch (what) {
    case 'throw':
      throw new Error('thrown by a random condition')
    case 'text':
      return 'text'
    case 'list':
      return [1, 2]
    default:
      return what === 'true'
  }
}
