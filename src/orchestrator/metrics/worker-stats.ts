import { counterIndex } from '../../native/counters.ts'
import { type LatencySummary, summarize } from '../../observability/metrics/latency-summary.ts'
import { REQUEST_GROUP } from '../../observability/metrics/request-fields.ts'
import { WORKER_FIELDS } from '../../observability/metrics/worker-fields.ts'
import type { WorkerStatus } from '../orchestrator.ts'
import { addUp, Changes } from './changes.ts'
import type { Metrics } from './metrics.ts'
import { durationsOf, requestsOf } from './request-stats.ts'

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
  /** Requests of all listeners that it has served, per second, and how long they took. */
  readonly requests: number
  readonly latency: LatencySummary
}

const ACCEPTS = WORKER_FIELDS.counters + counterIndex('accepts')
const BYTES_READ = WORKER_FIELDS.counters + counterIndex('bytesRead')
const BYTES_WRITTEN = WORKER_FIELDS.counters + counterIndex('bytesWritten')
const BUSY = WORKER_FIELDS.counters + counterIndex('busySeconds')
const IDLE = WORKER_FIELDS.counters + counterIndex('idleSeconds')
const CONNECTIONS = WORKER_FIELDS.counters + counterIndex('connections')
/** Numbers of a worker that only grow, of which the difference is told. */
const GROWING = [WORKER_FIELDS.cpuSeconds, ACCEPTS, BYTES_READ, BYTES_WRITTEN, BUSY, IDLE]

/** Reads what workers have done since the last reading of each. */
export class WorkerReader {
  readonly #metrics: Pick<Metrics, 'memory' | 'series'>
  readonly #changes = new Changes()
  readonly #workers = new Map<number, Map<number, number>>()

  constructor(metrics: Pick<Metrics, 'memory' | 'series'>) {
    this.#metrics = metrics
  }

  /** Workers, and how long the requests of each took, counted as `durationsOf` has it. */
  async read(
    statuses: readonly WorkerStatus[],
    seconds: number,
  ): Promise<{ workers: WorkerStats[]; durations: Map<number, Float64Array> }> {
    const durations = new Map<number, Float64Array>()
    const described = statuses.map(async (status): Promise<WorkerStats> => {
      const requests = this.#requests(status.worker)
      const counted = durationsOf(requests)
      // A worker that is going has a successor in its slot: there is nothing left for the second.
      if (!durations.has(status.worker)) durations.set(status.worker, counted)
      return {
        ...this.#numbers(status, seconds),
        requests: requestsOf(requests) / seconds,
        latency: await summarize(counted),
      }
    })
    return { workers: await Promise.all(described), durations }
  }

  /** Listeners come and go with reloads, so that each has a change of its own. */
  #requests(slot: number): Float64Array {
    const { memory, series } = this.#metrics
    const listeners = series.filter(({ scope }) => scope === 'listener')
    const changes = listeners.map(({ at }) => {
      return this.#changes.advance(`${slot} ${at}`, memory.group(slot, at, REQUEST_GROUP))
    })
    return addUp(changes, REQUEST_GROUP).change
  }

  #numbers(status: WorkerStatus, seconds: number): Omit<WorkerStats, 'requests' | 'latency'> {
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
