import { counterIndex } from '../../native/counters.ts'
import { LATENCY_BUCKETS, latencyOf } from '../../observability/metrics/latency-buckets.ts'
import { type LatencySummary, summarize } from '../../observability/metrics/latency-summary.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import { TARGET_FIELDS, TARGET_GROUP } from '../../observability/metrics/target-fields.ts'
import { WORKER_FIELDS } from '../../observability/metrics/worker-fields.ts'
import type { ProgramSpec } from '../../program/spec.ts'
import type { EndpointState } from '../health/endpoint-state.ts'
import type { Orchestrator, OrchestratorState, WorkerStatus } from '../orchestrator.ts'
import type { Group, Metrics, Series } from './metrics.ts'

/** What requests did in an interval: rates are per second, latencies in milliseconds. */
export interface RequestStats {
  /** Requests since the start of the process. */
  readonly total: number
  readonly requests: number
  /** Rates by class of status; `none` for requests without one. */
  readonly codes: Readonly<Record<'none' | '2xx' | '3xx' | '4xx' | '5xx', number>>
  readonly failed: number
  readonly abandoned: number
  readonly retries: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** In progress at the end of the interval; told of listeners only. */
  readonly active: number
  readonly latency: LatencySummary
}

/** What became of the connections to an endpoint: rates are per second. */
export interface TargetStats {
  /** Whether listeners pass connections on to it as they are. */
  readonly isTcp: boolean
  /** Connections since the start of the process, and those that are open now. */
  readonly totalConnections: number
  readonly openConnections: number
  readonly connects: number
  readonly failedConnects: number
  /** Bytes from and to it, of TCP only. */
  readonly receivedBytes: number
  readonly sentBytes: number
}

/** How many requests took how many milliseconds, in order, without what none took. */
export interface LatencyDistribution {
  readonly buckets: readonly (readonly [milliseconds: number, count: number])[]
}

/** A worker in an interval. */
export interface WorkerStats extends WorkerStatus {
  /** Share of one processor. */
  readonly cpu: number
  /** Share of the time in which its event loop had something to do: 1 is all it can. */
  readonly utilisation: number
  readonly heapBytes: number
  readonly lagMs: number
  /** Open connections of both sides. */
  readonly connections: number
  readonly accepts: number
  readonly bytesRead: number
  readonly bytesWritten: number
}

/** All that happened in an interval. */
export interface Stats {
  /** End of the interval, in milliseconds since the epoch. */
  readonly time: number
  /** Its length. */
  readonly seconds: number
  readonly process: {
    readonly state: OrchestratorState
    readonly pid: number
    readonly uptimeSeconds: number
    /** Share of one processor that the whole process took. */
    readonly cpu: number
    readonly residentBytes: number
  }
  readonly total: RequestStats & { readonly latency: LatencyDistribution }
  readonly listeners: readonly (RequestStats & { readonly listener: string })[]
  readonly routes: readonly (RequestStats & { readonly listener: string; readonly route: string })[]
  readonly upstreams: readonly (RequestStats & { readonly upstream: string })[]
  readonly endpoints: readonly (RequestStats & TargetStats & EndpointState)[]
  readonly workers: readonly WorkerStats[]
}

const ACCEPTS = WORKER_FIELDS.counters + counterIndex('accepts')
const BYTES_READ = WORKER_FIELDS.counters + counterIndex('bytesRead')
const BYTES_WRITTEN = WORKER_FIELDS.counters + counterIndex('bytesWritten')
const BUSY = WORKER_FIELDS.counters + counterIndex('busySeconds')
const IDLE = WORKER_FIELDS.counters + counterIndex('idleSeconds')
const CONNECTIONS = WORKER_FIELDS.counters + counterIndex('connections')
/** Numbers of a worker that only grow, of which the difference is told. */
const GROWING = [WORKER_FIELDS.cpuSeconds, ACCEPTS, BYTES_READ, BYTES_WRITTEN, BUSY, IDLE]

/** Reads what has happened since its last reading; the first is of all the life of the process. */
export class StatsReader {
  readonly #orchestrator: Orchestrator
  readonly #metrics: Metrics
  readonly #groups = new Map<number, Float64Array>()
  readonly #workers = new Map<number, Map<number, number>>()
  #cpuSeconds = 0
  #uptime = 0

  constructor(orchestrator: Orchestrator, metrics: Metrics) {
    this.#orchestrator = orchestrator
    this.#metrics = metrics
  }

  async read(): Promise<Stats> {
    const uptime = process.uptime()
    const seconds = Math.max(uptime - this.#uptime, 1e-3)
    this.#uptime = uptime
    const { user, system } = process.cpuUsage()
    const cpuSeconds = (user + system) / 1e6
    const cpu = (cpuSeconds - this.#cpuSeconds) / seconds
    this.#cpuSeconds = cpuSeconds
    const { series } = this.#metrics
    const changes = series.map((one) => ({ one, ...this.#advance(one) }))
    const total = changes
      .filter(({ one }) => one.scope === 'listener')
      .reduce(addUp, {
        now: new Float64Array(REQUEST_GROUP),
        change: new Float64Array(REQUEST_GROUP),
      })
    const ofScope = async <Labels>(scope: Series['scope']): Promise<(RequestStats & Labels)[]> =>
      Promise.all(
        changes
          .filter(({ one }) => one.scope === scope)
          .map(async ({ one, now, change }) => {
            // Labels are those of the scope: catalog.ts has both.
            return { ...(one.labels as Labels), ...(await describeRequests(now, change, seconds)) }
          }),
      )
    return {
      time: Date.now(),
      seconds,
      process: {
        state: this.#orchestrator.state,
        pid: process.pid,
        uptimeSeconds: uptime,
        cpu,
        residentBytes: process.memoryUsage.rss(),
      },
      total: withDistribution(
        await describeRequests(total.now, total.change, seconds),
        total.change,
      ),
      listeners: await ofScope('listener'),
      routes: await ofScope('route'),
      upstreams: await ofScope('upstream'),
      endpoints: this.#withStates(await ofScope('endpoint'), seconds),
      workers: this.#orchestrator.workerStates().map((one) => this.#worker(one, seconds)),
    }
  }

  #advance({ at }: Group, length = REQUEST_GROUP): Change {
    const now = this.#metrics.memory.sums(at, length)
    const before = this.#groups.get(at)
    this.#groups.set(at, now)
    return { now, change: before === undefined ? now : now.map((n, i) => n - (before[i] ?? 0)) }
  }

  /** What is known of the endpoints that are counted. */
  #withStates(
    counted: readonly (RequestStats & { readonly upstream: string; readonly endpoint: string })[],
    seconds: number,
  ): Stats['endpoints'] {
    const targets = new Map(
      this.#metrics.targets
        .filter(({ scope }) => scope === 'endpoint')
        .map((one) => [JSON.stringify(one.labels), this.#target(one, seconds)]),
    )
    const requests = new Map(
      counted.map(({ endpoint, ...one }) => {
        return [JSON.stringify({ upstream: one.upstream, endpoint }), one] as const
      }),
    )
    const tcp = tcpUpstreams(this.#orchestrator.spec)
    return this.#orchestrator.endpoints().flatMap((state) => {
      const { upstream, address } = state
      const key = JSON.stringify({ upstream, endpoint: address })
      const [stats, target] = [requests.get(key), targets.get(key)]
      if (stats === undefined || target === undefined) return []
      return [{ ...stats, ...target, isTcp: tcp.has(upstream), ...state }]
    })
  }

  #target(group: Group, seconds: number): Omit<TargetStats, 'isTcp'> {
    const { now, change } = this.#advance(group, TARGET_GROUP)
    const rate = (field: number): number => (change[field] ?? 0) / seconds
    return {
      totalConnections: now[TARGET_FIELDS.total] ?? 0,
      openConnections: now[TARGET_FIELDS.open] ?? 0,
      connects: rate(TARGET_FIELDS.total),
      failedConnects: rate(TARGET_FIELDS.failed),
      receivedBytes: rate(TARGET_FIELDS.received),
      sentBytes: rate(TARGET_FIELDS.sent),
    }
  }

  #worker(status: WorkerStatus, seconds: number): WorkerStats {
    const read = (at: number): number => this.#metrics.memory.read(status.worker, at)
    const before = this.#workers.get(status.worker)
    const now = new Map(GROWING.map((at) => [at, read(at)]))
    this.#workers.set(status.worker, now)
    const rate = (at: number): number => ((now.get(at) ?? 0) - (before?.get(at) ?? 0)) / seconds
    const [busy, idle] = [rate(BUSY), rate(IDLE)]
    return {
      ...status,
      cpu: rate(WORKER_FIELDS.cpuSeconds),
      utilisation: busy + idle > 0 ? busy / (busy + idle) : 0,
      heapBytes: read(WORKER_FIELDS.heapBytes),
      lagMs: read(WORKER_FIELDS.lagSeconds) * 1000,
      connections: read(CONNECTIONS),
      accepts: rate(ACCEPTS),
      bytesRead: rate(BYTES_READ),
      bytesWritten: rate(BYTES_WRITTEN),
    }
  }
}

/** Names of the upstreams that get connections as they are. */
function tcpUpstreams(spec: ProgramSpec): Set<string | undefined> {
  if (spec.kind !== 'lb') return new Set()
  return new Set(
    spec.listen.map(({ service }) => {
      return service.protocol === 'tcp' ? spec.upstreams[service.upstream]?.name : undefined
    }),
  )
}

/** The same with how long they took. */
export function withDistribution(stats: RequestStats, change: Float64Array): Stats['total'] {
  const { buckets } = REQUEST_FIELDS
  const counted = [...change.subarray(buckets, buckets + LATENCY_BUCKETS)]
  const pairs = counted.flatMap((count, bucket): [number, number][] => {
    return count > 0 ? [[latencyOf(bucket) / 1000, count]] : []
  })
  return { ...stats, latency: { ...stats.latency, buckets: pairs } }
}

interface Change {
  readonly now: Float64Array
  readonly change: Float64Array
}

function addUp(sum: Change, { now, change }: Change): Change {
  return {
    now: sum.now.map((value, index) => value + (now[index] ?? 0)),
    change: sum.change.map((value, index) => value + (change[index] ?? 0)),
  }
}

/** What requests did in an interval, from a group of `REQUEST_FIELDS`. */
export async function describeRequests(
  now: Float64Array,
  change: Float64Array,
  seconds: number,
): Promise<RequestStats> {
  const { status, failed, clientGone, retries, requestBytes, responseBytes } = REQUEST_FIELDS
  const rate = (field: number): number => (change[field] ?? 0) / seconds
  const sum = (numbers: Float64Array): number => {
    return numbers.subarray(status, status + 6).reduce((one, other) => one + other, 0)
  }
  const { buckets, active } = REQUEST_FIELDS
  return {
    total: sum(now),
    requests: sum(change) / seconds,
    codes: {
      none: rate(status),
      '2xx': rate(status + 2),
      '3xx': rate(status + 3),
      '4xx': rate(status + 4),
      '5xx': rate(status + 5),
    },
    failed: rate(failed),
    abandoned: rate(clientGone),
    retries: rate(retries),
    requestBytes: rate(requestBytes),
    responseBytes: rate(responseBytes),
    active: now[active] ?? 0,
    latency: await summarize(change.subarray(buckets, buckets + LATENCY_BUCKETS)),
  }
}
