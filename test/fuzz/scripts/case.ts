/** A random script with the events that are fed to it, as plain data. */
import fc from 'fast-check'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { registry } from '../../../src/filters/index.ts'
import type { Builder } from '../../../src/program/configuration.ts'
import type { Spec } from '../../unit/filters/support/run.ts'
import type { Calls } from './acts.ts'
import { type Argument, argumentsOf, realise, type Surroundings } from './arguments.ts'
import { type Step, stepsOf } from './steps.ts'
import type { Valves } from './valve.ts'

/** One filter of a random script; `valve` is the test's own. */
export interface Stage {
  readonly name: string
  readonly args: readonly Argument[]
}

export interface Case {
  /** Input is well-formed, and callbacks keep it so: then the output is well-formed, too. */
  readonly isTidy: boolean
  readonly chain: readonly Stage[]
  /** The pipeline `random`, which the chain may refer to. */
  readonly side: readonly Stage[]
  readonly steps: readonly Step[]
  /** Fed to the same pooled session in between. */
  readonly otherSteps: readonly Step[]
  /** The owner lets go of the session as soon as it has ended, as a connection does. */
  readonly isFreedAtEnd: boolean
}

/** Their output depends on time, or comes from elsewhere. */
const TIMED = new Set(['compressResponse', 'connect', 'exec', 'serveFiles', 'tap'])
const BASE_TARGETS = ['echo', 'answer', 'server', 'silent', 'broken', 'valve']

/** Cases whose chain begins with `name`, alone or before others, or is one that scripts have. */
export function caseOf(name: string, addresses: readonly string[]): fc.Arbitrary<Case> {
  return fc.boolean().chain((isTidy) => {
    const base: Surroundings = { targets: BASE_TARGETS, addresses, isTidy }
    const all: Surroundings = { ...base, targets: [...BASE_TARGETS, 'random'] }
    return fc.record({
      isTidy: fc.constant(isTidy),
      chain: chainOf(name, all),
      side: fc.array(stageOf([...registry.keys(), 'valve'], base), { minLength: 1, maxLength: 2 }),
      steps: stepsOf(isTidy),
      otherSteps: stepsOf(isTidy),
      isFreedAtEnd: fc.boolean(),
    })
  })
}

function chainOf(name: string, around: Surroundings): fc.Arbitrary<Stage[]> {
  const it = stageOf([name], around)
  const some = fc.array(stageOf([...registry.keys(), 'valve'], around), { maxLength: 2 })
  const plain = (one: string): fc.Arbitrary<Stage> => fc.constant({ name: one, args: [] })
  const between = (first: string, last: string): fc.Arbitrary<Stage[]> =>
    fc
      .tuple(plain(first), some, it, some, plain(last))
      .map(([begin, before, middle, behind, end]) => [begin, ...before, middle, ...behind, end])
  return fc.oneof(
    it.map((only) => [only]),
    fc.tuple(some, it, some).map(([before, middle, behind]) => [...before, middle, ...behind]),
    between('decodeHttpRequest', 'encodeHttpResponse'),
    between('encodeHttpRequest', 'decodeHttpResponse'),
    between('decodeDubbo', 'encodeDubbo'),
    between('encodeDubbo', 'decodeDubbo'),
  )
}

function stageOf(names: readonly string[], around: Surroundings): fc.Arbitrary<Stage> {
  return fc.constantFrom(...names).chain((name): fc.Arbitrary<Stage> => {
    const definition = registry.get(name)
    if (definition === undefined) return fc.constant({ name, args: [] })
    return argumentsOf(definition, around).map((args) => ({ name, args }))
  })
}

/** The whole program of a case: its chain is the pipeline that is open when this is called. */
export function specOf({ chain, side }: Case, calls: Calls, valves: Valves): Spec {
  return (pipeline) => addPipelines(append(pipeline, chain, calls, valves), side, calls, valves)
}

/** The pipelines that filters may refer to. */
export function addPipelines(
  to: Builder,
  side: readonly Stage[],
  calls: Calls,
  valves: Valves,
): Builder {
  // A new one each time: what comes behind may change it.
  const answer = (): Message => new Message({ status: 200, headers: {} }, 'answer')
  const base = to
    .pipeline('echo')
    .pipeline('answer')
    .replaceMessage(answer)
    .pipeline('server')
    .decodeHttpRequest()
    .replaceMessage(answer)
    .encodeHttpResponse()
    .pipeline('silent')
    .replaceData()
    .replaceMessageStart()
    .replaceMessageEnd()
    .pipeline('broken')
    .replaceMessage(new SessionEnd('ReadError'))
    .pipeline('valve')
  const withValve = append(base, [{ name: 'valve', args: [] }], calls, valves)
  return append(withValve.pipeline('random'), side, calls, valves)
}

function append(to: Builder, stages: readonly Stage[], calls: Calls, valves: Valves): Builder {
  let builder = to
  for (const { name, args } of stages) {
    const definition = registry.get(name) ?? valves.definition
    const values = args.map((argument) => realise(argument, calls))
    builder = builder.append(definition, values) as Builder
  }
  return builder
}

/** Whether sessions stay when the one that asked for them is over. */
export function isShared({ chain, side }: Case): boolean {
  return [...chain, ...side].some(({ name }) => name === 'mux' || name === 'mirror')
}

/** Whether the output may depend on when things happen. */
export function isTimed({ chain, side }: Case): boolean {
  return [...chain, ...side].some(({ name }) => TIMED.has(name))
}

/**
 * Whether the same input must give the same output again. Sessions that a `mux` shares live on;
 * those that owe an answer, or hold one back, go on with it. A script may spoil its own constants.
 */
export function isRepeatable(one: Case): boolean {
  if (isTimed(one) || isSpoilt(one)) return false
  if (!isShared(one)) return true
  return ![...one.chain, ...one.side].some(
    ({ name, args }) =>
      name === 'valve' || args.some((arg) => 'value' in arg && isHolding(arg.value)),
  )
}

function isSpoilt({ chain, side }: Case): boolean {
  const args = [...chain, ...side].flatMap((stage) => stage.args)
  const hasConstant = args.some((arg) => 'constant' in arg)
  return hasConstant && args.some((arg) => 'callback' in arg && arg.callback.acts.includes('spoil'))
}

function isHolding(target: unknown): boolean {
  return ['valve', 'random', 'server', 'silent'].includes(String(target))
}
