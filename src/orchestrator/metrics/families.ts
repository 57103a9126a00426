import {
  CONNECTION_METRICS,
  type MetricFacts,
  POLICY_METRICS,
  PROCESS_METRICS,
  requestMetric,
  requestMetricsOf,
  type Scope,
  TARGET_METRICS,
  targetMetric,
  WORKER_METRICS,
} from '../../observability/metrics/catalog.ts'
import {
  CONNECTION_BOUNDS,
  CONNECTION_FIELDS,
  CONNECTION_GROUP,
} from '../../observability/metrics/connection-fields.ts'
import type { Labels, MetricFamily, Sample } from '../../observability/metrics/exposition.ts'
import { LATENCY_BUCKETS } from '../../observability/metrics/latency-buckets.ts'
import { cumulate, LATENCY_BOUNDS } from '../../observability/metrics/latency-summary.ts'
import { POLICY_FIELDS } from '../../observability/metrics/policy-fields.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import { TARGET_FIELDS } from '../../observability/metrics/target-fields.ts'
import { WORKER_FIELDS } from '../../observability/metrics/worker-fields.ts'
import type { EndpointState } from '../health/endpoint-state.ts'
import type { Orchestrator } from '../orchestrator.ts'
import type { SpanCounts } from '../tracing/span-exporter.ts'
import type { Metrics } from './metrics.ts'
import { REACTOR_METRICS } from './reactor-metrics.ts'

const TARGETS = ['upstream', 'endpoint'] as const
const SCOPES: readonly Scope[] = ['listener', 'route', 'upstream', 'endpoint']
/** By the first digit of the status; a final status is never 1xx. */
const CODES: Readonly<Record<string, number>> = { none: 0, '2xx': 2, '3xx': 3, '4xx': 4, '5xx': 5 }

const REASONS: Readonly<Record<string, number>> = {
  rate_limit: REQUEST_FIELDS.rateLimited,
  access: REQUEST_FIELDS.accessDenied,
  invalid: REQUEST_FIELDS.invalid,
  connections: REQUEST_FIELDS.tooMany,
}

const CIRCUIT_REASONS: Readonly<Record<string, number>> = {
  limit: POLICY_FIELDS.refused,
  overload: POLICY_FIELDS.shed,
  timeout: POLICY_FIELDS.expired,
}

/** All metrics as they are now. */
export function collectFamilies(orchestrator: Orchestrator, metrics: Metrics): MetricFamily[] {
  return [
    ...processFamilies(orchestrator, metrics),
    ...SCOPES.flatMap((scope) => requestFamilies(scope, metrics)),
    ...connectionFamilies(metrics),
    ...TARGETS.flatMap((scope) => targetFamilies(scope, metrics)),
    ...policyFamilies(metrics),
    ...workerFamilies(orchestrator, metrics),
  ]
}

/** Every metric that there can be, for the documents. */
export function metricFacts(): MetricFacts[] {
  return [
    ...Object.values(PROCESS_METRICS),
    ...SCOPES.flatMap((scope) =>
      requestMetricsOf(scope).map((metric) => requestMetric(scope, metric)),
    ),
    ...Object.values(CONNECTION_METRICS),
    ...TARGETS.flatMap((scope) => TARGET_METRICS.map((one) => targetMetric(scope, one))),
    ...Object.values(POLICY_METRICS),
    ...Object.values(WORKER_METRICS),
    ...REACTOR_METRICS,
  ]
}

function processFamilies(orchestrator: Orchestrator, { series, memory }: Metrics): MetricFamily[] {
  const { uptime, cpu, memory: resident, workers, deaths, active } = PROCESS_METRICS
  const { up, weight, ejections, maxConnections } = PROCESS_METRICS
  const endpoints = orchestrator.endpoints()
  const perEndpoint = (
    facts: MetricFacts,
    read: (one: EndpointState) => number | undefined,
  ): MetricFamily => {
    const samples = endpoints.flatMap((one) => {
      const value = read(one)
      if (value === undefined) return []
      return [{ labels: { upstream: one.upstream, endpoint: one.address }, value }]
    })
    return family(facts, samples)
  }
  const { user, system } = process.cpuUsage()
  const states = orchestrator.workerStates()
  const counts = new Map<string, number>()
  for (const { state } of states) counts.set(state, (counts.get(state) ?? 0) + 1)
  const listeners = series.filter(({ scope }) => scope === 'listener')
  return [
    family(uptime, [{ labels: {}, value: process.uptime() }]),
    family(cpu, [{ labels: {}, value: (user + system) / 1e6 }]),
    family(resident, [{ labels: {}, value: process.memoryUsage.rss() }]),
    family(
      workers,
      [...counts].map(([state, value]) => ({ labels: { state }, value })),
    ),
    family(
      deaths,
      states.map((one) => ({ labels: { worker: String(one.worker) }, value: one.deaths })),
    ),
    perEndpoint(up, (one) => Number(isUp(one))),
    perEndpoint(weight, (one) => one.weight),
    perEndpoint(ejections, (one) => one.ejections),
    perEndpoint(maxConnections, (one) => one.maxConnections),
    family(
      active,
      listeners.map(({ labels, at }) => ({
        labels,
        value: memory.sum(at + REQUEST_FIELDS.active),
      })),
    ),
    ...spanFamilies(orchestrator.tracing.counts),
  ]
}

function spanFamilies(counts: SpanCounts | undefined): MetricFamily[] {
  if (counts === undefined) return []
  return [
    family(PROCESS_METRICS.spansSent, [{ labels: {}, value: counts.sent }]),
    family(PROCESS_METRICS.spansDropped, [
      { labels: { reason: 'queue' }, value: counts.dropped },
      { labels: { reason: 'collector' }, value: counts.failed },
    ]),
  ]
}

function isUp({ state, health, isEjected }: EndpointState): boolean {
  return state === 'enabled' && health !== 'unhealthy' && !isEjected
}

function requestFamilies(scope: Scope, { series, memory }: Metrics): MetricFamily[] {
  const groups = series
    .filter((one) => one.scope === scope)
    .map(({ labels, at }) => ({ labels, numbers: memory.sums(at, REQUEST_GROUP) }))
  return requestMetricsOf(scope).map((metric) => {
    const samples = groups.flatMap(({ labels, numbers }) => {
      return samplesOf(metric.suffix, labels, numbers)
    })
    return family(requestMetric(scope, metric), samples)
  })
}

function samplesOf(
  suffix: ReturnType<typeof requestMetricsOf>[number]['suffix'],
  labels: Labels,
  numbers: Float64Array,
): Sample[] {
  const { status, failed, clientGone, requestBytes, responseBytes, retries } = REQUEST_FIELDS
  const one = (field: number): Sample[] => [{ labels, value: numbers[field] ?? 0 }]
  switch (suffix) {
    case 'requests_total':
      return Object.entries(CODES).map(([code, digit]) => {
        return { labels: { ...labels, code }, value: numbers[status + digit] ?? 0 }
      })
    case 'failed_requests_total':
      return one(failed)
    case 'abandoned_requests_total':
      return one(clientGone)
    case 'refused_requests_total':
      return Object.entries(REASONS).map(([reason, field]) => {
        return { labels: { ...labels, reason }, value: numbers[field] ?? 0 }
      })
    case 'request_body_bytes_total':
      return one(requestBytes)
    case 'response_body_bytes_total':
      return one(responseBytes)
    case 'retries_total':
      return one(retries)
    case 'duration_seconds':
      return durationSamples(labels, numbers)
  }
}

function durationSamples(labels: Labels, numbers: Float64Array): Sample[] {
  const { duration, buckets } = REQUEST_FIELDS
  const counts = numbers.subarray(buckets, buckets + LATENCY_BUCKETS)
  return histogramSamples(labels, {
    bounds: LATENCY_BOUNDS,
    cumulative: cumulate(counts),
    count: counts.reduce((sum, count) => sum + count, 0),
    sum: (numbers[duration] ?? 0) / 1e6,
  })
}

function lifetimeSamples(labels: Labels, numbers: Float64Array): Sample[] {
  const { durationMs, classes } = CONNECTION_FIELDS
  let count = 0
  const cumulative = Array.from(numbers.subarray(classes), (value) => {
    count += value
    return count
  })
  const sum = (numbers[durationMs] ?? 0) / 1000
  return histogramSamples(labels, { bounds: CONNECTION_BOUNDS, cumulative, count, sum })
}

/** What was counted of durations: how many were at most each bound, and of all number and sum. */
interface DurationCounts {
  readonly bounds: readonly number[]
  readonly cumulative: readonly number[]
  readonly count: number
  /** In seconds, as the bounds. */
  readonly sum: number
}

function histogramSamples(
  labels: Labels,
  { bounds, cumulative, count, sum }: DurationCounts,
): Sample[] {
  return [
    ...bounds.map((bound, index) => ({
      suffix: '_bucket',
      labels: { ...labels, le: String(bound) },
      value: cumulative[index] ?? 0,
    })),
    { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: count },
  ]
}

function connectionFamilies({ connections, memory }: Metrics): MetricFamily[] {
  const { accepted, open, duration, received, sent } = CONNECTION_METRICS
  const tcp = connections.filter(({ isTcp }) => isTcp)
  const per = (listeners: typeof connections, facts: MetricFacts, field: number): MetricFamily => {
    const samples = listeners.map(({ labels, at }) => ({ labels, value: memory.sum(at + field) }))
    return family(facts, samples)
  }
  return [
    per(connections, accepted, CONNECTION_FIELDS.accepted),
    per(connections, open, CONNECTION_FIELDS.open),
    family(
      duration,
      connections.flatMap(({ labels, at }) => {
        return lifetimeSamples(labels, memory.sums(at, CONNECTION_GROUP))
      }),
    ),
    per(tcp, received, CONNECTION_FIELDS.received),
    per(tcp, sent, CONNECTION_FIELDS.sent),
  ]
}

function targetFamilies(
  scope: (typeof TARGETS)[number],
  { targets, memory }: Metrics,
): MetricFamily[] {
  const groups = targets.filter((one) => one.scope === scope)
  return TARGET_METRICS.map((metric) => {
    const field = TARGET_FIELDS[metric.field]
    const samples = groups.map(({ labels, at }) => ({ labels, value: memory.sum(at + field) }))
    return family(targetMetric(scope, metric), samples)
  })
}

function policyFamilies({ policies, memory }: Metrics): MetricFamily[] {
  const { active, refused, retries, budget, hedges, hedgesWon } = POLICY_METRICS
  const perUpstream = (facts: MetricFacts, field: number): MetricFamily => {
    const samples = policies.map(({ labels, at }) => ({ labels, value: memory.sum(at + field) }))
    return family(facts, samples)
  }
  const refusals = policies.flatMap(({ labels, at }) =>
    Object.entries(CIRCUIT_REASONS).map(([reason, field]) => {
      return { labels: { ...labels, reason }, value: memory.sum(at + field) }
    }),
  )
  return [
    perUpstream(active, POLICY_FIELDS.active),
    family(refused, refusals),
    perUpstream(retries, POLICY_FIELDS.refusedRetries),
    family(
      budget,
      policies
        .filter(({ at }) => memory.sum(at + POLICY_FIELDS.budgets) > 0)
        .map(({ labels, at }) => ({ labels, value: memory.sum(at + POLICY_FIELDS.retriesLeft) })),
    ),
    perUpstream(hedges, POLICY_FIELDS.hedges),
    perUpstream(hedgesWon, POLICY_FIELDS.hedgesWon),
  ]
}

function workerFamilies(orchestrator: Orchestrator, { memory }: Metrics): MetricFamily[] {
  const slots = [...new Set(orchestrator.workerStates().map(({ worker }) => worker))]
  const perWorker = (facts: MetricFacts, at: number): MetricFamily => {
    const samples = slots.map((slot) => {
      return { labels: { worker: String(slot) }, value: memory.read(slot, at) }
    })
    return family(facts, samples)
  }
  const { cpuSeconds, heapBytes, lagSeconds, droppedLines } = WORKER_METRICS
  return [
    perWorker(cpuSeconds, WORKER_FIELDS.cpuSeconds),
    perWorker(heapBytes, WORKER_FIELDS.heapBytes),
    perWorker(lagSeconds, WORKER_FIELDS.lagSeconds),
    perWorker(droppedLines, WORKER_FIELDS.droppedLines),
    ...REACTOR_METRICS.map((facts, index) => perWorker(facts, WORKER_FIELDS.counters + index)),
  ]
}

function family({ name, type, help }: MetricFacts, samples: readonly Sample[]): MetricFamily {
  return { name, type, help, samples }
}
