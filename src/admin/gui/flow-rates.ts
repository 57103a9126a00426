import { BYTES, EDGE_FIELDS, ERRORS, EVENTS, MESSAGES } from '../../engine/edge-counts.ts'
import type { Flow, PipelineFlow } from '../../orchestrator/flow-monitor.ts'
import type { FlowModule, FlowPipeline } from '../../program/flow/flow-graph.ts'
import type { CallRates, EdgeRates, FlowRates, PipelineRates } from './contract.ts'

/** Writes what workers have seen as rates of the pipelines of a flow graph. */
export function ratesOf(
  { seconds, sampled, pipelines }: Flow,
  modules: readonly FlowModule[],
  generation: number,
): FlowRates {
  const total = pipelines.reduce((sum, { times }) => sum + times.reduce(add, 0), 0)
  return {
    time: Date.now(),
    generation,
    sampled: 1 / sampled,
    pipelines: pipelines.flatMap((one) => {
      const pipeline = modules[one.module]?.pipelines[one.index]
      if (pipeline === undefined) return []
      return [{ ...describe(one, pipeline, seconds, total), calls: callsOf(one, modules, seconds) }]
    }),
  }
}

function describe(
  { active, counts, times }: PipelineFlow,
  { id, filters }: FlowPipeline,
  seconds: number,
  total: number,
): Omit<PipelineRates, 'calls'> {
  const edges = times.concat(0).map((_, edge) => {
    return edgeRates(counts.slice(edge * EDGE_FIELDS, (edge + 1) * EDGE_FIELDS), seconds)
  })
  return {
    id,
    active,
    edges: withFused(edges, filters),
    shares: times.map((time) => (total === 0 ? 0 : time / total)),
  }
}

function callsOf(
  { calls }: PipelineFlow,
  modules: readonly FlowModule[],
  seconds: number,
): CallRates[] {
  return calls.flatMap(({ module, pipeline, filter, into, back }) => {
    const from = modules[module]?.pipelines[pipeline]?.filters[filter]?.id
    if (from === undefined) return []
    const given = edgeRates(into, seconds)
    return [{ from, ...given, errors: Math.max(given.errors, edgeRates(back, seconds).errors) }]
  })
}

function edgeRates(counts: readonly number[], seconds: number): EdgeRates {
  const rate = (field: number): number => (counts[field] ?? 0) / seconds
  const events = rate(EVENTS)
  return { messages: rate(MESSAGES), events, bytes: rate(BYTES), errors: rate(ERRORS) }
}

/**
 * Beside a socket, codecs work on it directly, and at most its end passes as an event. What passes
 * there is what is seen on the other side of the codec.
 */
function withFused(edges: readonly EdgeRates[], filters: FlowPipeline['filters']): EdgeRates[] {
  const filled = [...edges]
  const fill = (edge: number, from: number): void => {
    const own = filled[edge]
    const other = filled[from]
    if (own === undefined || other === undefined || own.messages > 0) return
    filled[edge] = {
      messages: other.messages,
      events: Math.max(own.events, other.events),
      bytes: own.bytes === 0 ? other.bytes : own.bytes,
      errors: Math.max(own.errors, other.errors),
    }
  }
  for (const [index, { name }] of filters.entries()) {
    if (name.startsWith('encode')) fill(index + 1, index)
    if (name.startsWith('decode')) fill(index, index + 1)
  }
  return filled
}

function add(one: number, other: number): number {
  return one + other
}
