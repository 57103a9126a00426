import { REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import { TARGET_FIELDS, TARGET_GROUP } from '../../observability/metrics/target-fields.ts'
import type { ProgramSpec } from '../../program/spec.ts'
import type { EndpointState } from '../health/endpoint-state.ts'
import type { Orchestrator, OrchestratorState } from '../orchestrator.ts'
import { addUp, type Change, Changes } from './changes.ts'
import {
  type DurationCounts,
  distributionOf,
  type LatencyDistribution,
  ofUpstream,
  ofWorker,
} from './distributions.ts'
import type { Group, Metrics, Series } from './metrics.ts'
import { describeRequests, durationsOf, type RequestStats } from './request-stats.ts'
import { WorkerReader, type WorkerStats } from './worker-stats.ts'

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

/** An interval, and what only some want to know of it. */
export interface Reading {
  readonly stats: Stats
  /** Durations of requests, of workers and upstreams. */
  readonly durations: DurationCounts
}

/** Reads what has happened since its last reading; the first is of all the life of the process. */
export class StatsReader {
  readonly #orchestrator: Orchestrator
  readonly #metrics: Metrics
  readonly #changes = new Changes()
  readonly #workers: WorkerReader
  #cpuSeconds = 0
  #uptime = 0

  constructor(orchestrator: Orchestrator, metrics: Metrics) {
    this.#orchestrator = orchestrator
    this.#metrics = metrics
    this.#workers = new WorkerReader(metrics)
  }

  async read(): Promise<Reading> {
    const uptime = process.uptime()
    const seconds = Math.max(uptime - this.#uptime, 1e-3)
    this.#uptime = uptime
    const { user, system } = process.cpuUsage()
    const cpuSeconds = (user + system) / 1e6
    const cpu = (cpuSeconds - this.#cpuSeconds) / seconds
    this.#cpuSeconds = cpuSeconds
    const { series } = this.#metrics
    const changes = series.map((one) => ({ one, ...this.#advance(one) }))
    const listeners = changes.filter(({ one }) => one.scope === 'listener')
    const total = addUp(listeners, REQUEST_GROUP)
    const ofScope = async <Labels>(scope: Series['scope']): Promise<(RequestStats & Labels)[]> =>
      Promise.all(
        changes
          .filter(({ one }) => one.scope === scope)
          .map(async ({ one, now, change }) => {
            // Labels are those of the scope: catalog.ts has both.
            return { ...(one.labels as Labels), ...(await describeRequests(now, change, seconds)) }
          }),
      )
    const { workers, durations } = await this.#workers.read(
      this.#orchestrator.workerStates(),
      seconds,
    )
    const stats: Stats = {
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
      workers,
    }
    const upstreams = changes.filter(({ one }) => one.scope === 'upstream')
    return {
      stats,
      durations: new Map([
        ...[...durations].map(([worker, counts]) => [ofWorker(worker), counts] as const),
        ...upstreams.map(({ one, change }) => {
          return [ofUpstream(one.labels.upstream ?? ''), durationsOf(change)] as const
        }),
      ]),
    }
  }

  #advance({ at }: Group, length = REQUEST_GROUP): Change {
    return this.#changes.advance(String(at), this.#metrics.memory.sums(at, length))
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
  return { ...stats, latency: { ...stats.latency, ...distributionOf(durationsOf(change)) } }
}
