import { BYTES, EDGE_FIELDS } from '../../engine/edge-counts.ts'
import { summarize } from '../../observability/metrics/latency-summary.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import type { Flow, PipelineFlow } from '../../orchestrator/flow-monitor.ts'
import { ofWorker } from '../../orchestrator/metrics/distributions.ts'
import {
  describeRequests,
  durationsOf,
  requestsOf,
} from '../../orchestrator/metrics/request-stats.ts'
import { type Reading, type Stats, withDistribution } from '../../orchestrator/metrics/stats.ts'
import type { FlowModule, FlowPipeline } from '../../program/flow/flow-graph.ts'

const { requestBytes, responseBytes, active } = REQUEST_FIELDS
const NOTHING = new Float64Array(REQUEST_GROUP)

/**
 * Of a script that does not record its requests, nobody counts them; what is known is what was seen
 * of its sessions.
 */
export async function withScriptRequests(
  counted: Reading,
  { seconds, pipelines, workers: answers }: Flow,
  modules: readonly FlowModule[],
): Promise<Reading> {
  const { stats } = counted
  const total = new Float64Array(REQUEST_GROUP)
  let waiting = 0
  const listeners: Stats['listeners'][number][] = []
  for (const flow of pipelines) {
    const pipeline = modules[flow.module]?.pipelines[flow.index]
    const group = pipeline === undefined ? null : groupOf(flow, pipeline)
    if (pipeline === undefined || group === null) continue
    for (const [index, value] of group.entries()) total[index] = (total[index] ?? 0) + value
    waiting += flow.waiting
    const described = await describeRequests(inProgress(flow.waiting), group, seconds)
    listeners.push({ listener: pipeline.name, ...described })
  }
  const sum = await describeRequests(inProgress(waiting), total, seconds)
  const workers: Stats['workers'][number][] = []
  const durations = new Map<string, Float64Array>()
  for (const one of stats.workers) {
    const group = answers.get(one.worker) ?? NOTHING
    const took = durationsOf(group)
    durations.set(ofWorker(one.worker), took)
    const requests = requestsOf(group) / seconds
    workers.push({ ...one, requests, latency: await summarize(took) })
  }
  return {
    stats: { ...stats, listeners, total: withDistribution(sum, total), workers },
    durations,
  }
}

/** All that is known beyond an interval: of what was before somebody looked there are no numbers. */
function inProgress(requests: number): Float64Array {
  const group = new Float64Array(REQUEST_GROUP)
  group[active] = requests
  return group
}

/** What the requests of a listener did, with the bytes of their bodies. */
function groupOf(
  { answers, counts }: PipelineFlow,
  { filters }: FlowPipeline,
): Float64Array | null {
  if (answers === null) return null
  const group = answers.slice()
  const names = filters.map(({ name }) => name)
  const bytesOf = (edge: number): number => counts[edge * EDGE_FIELDS + BYTES] ?? 0
  group[requestBytes] = bytesOf(names.indexOf('decodeHttpRequest') + 1)
  group[responseBytes] = bytesOf(names.lastIndexOf('encodeHttpResponse'))
  return group
}
