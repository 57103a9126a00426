import type { LogEntry, LogLevel } from '../observability/logger.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import type { SpanPiece } from '../observability/tracing/span-record.ts'
import type { ProgramSpec } from '../program/spec.ts'

/** A listening socket that a worker accepts from; the orchestrator owns and closes it. */
export interface ListenerFd {
  /** Index in the program's `listen`. */
  index: number
  fd: number
  /** Number of the listener that all its sockets share, and that no other ever has. */
  row: number
}

/** What a worker thread is started with. */
export interface WorkerSetup {
  /** Number of the slot, from 0; the same for a replacement. */
  slot: number
  /** Number among the workers that live, those that are about to end included. */
  seat: number
  /** Number of workers, by which limits for all of them are divided. */
  workers: number
  spec: ProgramSpec
  /** This program, or one that may follow it, is a script. */
  runsScripts: boolean
  listeners: ListenerFd[]
  /** The only processor to run on; undefined for any. */
  processor: number | undefined
  logLevel: LogLevel
  /** What scripts share between workers with `algo.SharedMap`; nothing for load balancers. */
  shared: SharedArrayBuffer | undefined
  /** Shared memory for the slot's metrics, and where the spec's are; undefined when nobody reads them. */
  metrics: { numbers: Float64Array; plan: MetricsPlan } | undefined
  /** What all threads know of endpoints (`EndpointTable`); nothing for scripts. */
  endpoints: SharedArrayBuffer | undefined
  /** Who owes what of rate limits (`RateTable`). */
  rates: SharedArrayBuffer
}

/** How many sessions of a pipeline there are on a worker. */
export interface PipelineCount {
  /** Path of the module that defines it; empty for programs without modules. */
  module: string
  pipeline: string
  /** Whether its program has been replaced. */
  isStale: boolean
  allocated: number
  active: number
}

/** What a worker has at the moment. */
export interface WorkerCounts {
  pipelines: PipelineCount[]
  /** Number of living objects by kind. */
  instances: Record<string, number>
  /** The sums since it started, in the order of `COUNTERS`. */
  counters: number[]
}

/** What is looked at: nothing, only how scripts answer requests, or all that passes filters. */
export type WatchScope = 'nothing' | 'requests' | 'all'

/** A filter of the current program, and how much is wanted of what passes it. */
export interface TapSpec {
  id: number
  /** Numbers of the module, of the pipeline in it, and of the filter in that. */
  module: number
  pipeline: number
  filter: number
  count: number
  maxBytes: number
}

/** An event that has passed a tap. */
export interface TappedEvent {
  time: number
  session: number
  side: 'in' | 'out'
  kind: 'MessageStart' | 'Data' | 'MessageEnd' | 'SessionEnd'
  head?: string
  size?: number
  bytes?: string
  error?: string
}

/** What has passed between a filter and the sessions of another pipeline that it has started. */
export interface FlowCall {
  /** Of the filter: number of its module, of its pipeline in that, and its own in that. */
  module: number
  pipeline: number
  filter: number
  /** `EDGE_FIELDS` numbers of what goes into the sessions, and of what comes back from them. */
  into: number[]
  back: number[]
}

/** What a worker has seen of its sessions since its last report. */
export interface FlowReport {
  /** One in so many sessions was looked at. */
  sampled: number
  pipelines: {
    module: number
    index: number
    /** Sessions at the moment. */
    active: number
    /** Requests that wait for their answers at the moment; told with `answers`. */
    waiting: number
    /** `EDGE_FIELDS` numbers for each edge. */
    counts: number[]
    /** Milliseconds that each filter took. */
    times: number[]
    /** Who has started its sessions. */
    calls: FlowCall[]
    /** A group of `REQUEST_FIELDS`, of listeners that nobody else counts the requests of. */
    answers: Float64Array | null
  }[]
}

/*
 * A worker's life in messages:
 *
 *   worker        ready            all its listeners accept
 *   orchestrator  adopt, release   accepts from another slot's sockets while that slot is down
 *   orchestrator  takeOver         goes on with connections of a worker that has died
 *   orchestrator  drain            stops accepting and ends what it has
 *   worker        stopped          accepts no more: the sockets may be closed
 *   worker        draining         how many sessions are left, whenever the number changes
 *
 * A reload, in which `generation` tells one from the next:
 *
 *   orchestrator  build            makes a program beside the running one
 *   worker        built            it is there, or `errors` tell why not
 *   orchestrator  discard          another worker could not build it
 *   orchestrator  switch           new connections enter it, from exactly these listeners
 *   worker        switched         accepts from no other socket
 *
 * At any time: `workers` tells their number when it has changed; `count` is answered by `counted`, and
 * `ping` by `pong`; `shortage` tells that descriptors or memory have run out, as a positive errno, and
 * 0 that it is over; `reopen` has log files opened again; `spans` are of traced requests, and the next
 * come after `spansTaken`. `watch` tells whether somebody looks at the
 * sessions, and through which taps; then `flow` comes every second, and `tapped` when there is something.
 */
export type MessageToWorker =
  | { type: 'adopt'; listeners: ListenerFd[] }
  | { type: 'release'; listeners: ListenerFd[] }
  | { type: 'takeOver'; row: number; count: number }
  | { type: 'drain'; isPatient: boolean }
  | { type: 'build'; generation: number; spec: ProgramSpec; plan: MetricsPlan | undefined }
  | { type: 'discard'; generation: number }
  | { type: 'switch'; generation: number; listeners: ListenerFd[] }
  | { type: 'workers'; workers: number }
  | { type: 'count' }
  | { type: 'reopen' }
  | { type: 'spansTaken' }
  | { type: 'watch'; wanted: WatchScope; taps: TapSpec[] }
  | { type: 'ping' }

export type MessageFromWorker =
  | { type: 'ready' }
  | { type: 'stopped' }
  | { type: 'draining'; active: number }
  | { type: 'log'; entries: LogEntry[] }
  | { type: 'built'; generation: number; errors: string[] }
  | { type: 'switched'; generation: number }
  | { type: 'counted'; counts: WorkerCounts }
  | { type: 'shortage'; errno: number }
  | { type: 'spans'; piece: SpanPiece }
  | { type: 'pong' }
  | FlowMessage

export type FlowMessage =
  | { type: 'flow'; report: FlowReport }
  | { type: 'tapped'; id: number; events: TappedEvent[] }
