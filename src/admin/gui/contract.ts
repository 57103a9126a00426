/**
 * What the web UI and its server say to each other, as types and nothing else: both sides import
 * this file. docs/gui-api.md tells which request takes and answers what.
 *
 * Paths of files begin with a slash at the root directory of the UI. Lines and columns count from 1,
 * columns in UTF-16 units.
 */

import type { FlowModule } from '../../program/flow/flow-graph.ts'

/** `GET /api/v1/session`: what a page has to know first. It is answered without a token. */
export interface GuiSession {
  /** Version of Sluice. */
  readonly version: string
  /** Name of the root directory, for the title. */
  readonly rootName: string
  /** Tells this root directory from others of that name; a hash of its path. */
  readonly rootId: string
  /** Nothing can be changed: answers are 403 with the error `read_only`. */
  readonly isReadonly: boolean
  /** Requests have to show the token. */
  readonly needsToken: boolean
  /** This request has shown it, or none is needed. */
  readonly isAuthorized: boolean
}

/** Every failed request of `/api/v1` is answered so. */
export interface ApiError {
  /** A word for programs. */
  readonly error: string
  /** A line for people. */
  readonly message: string
  /** What is wrong with the program that the request was about. */
  readonly problems?: readonly Problem[]
}

// Files

/** What the UI can do with a file, by its name: run it, or only edit it. */
export type FileKind = 'script' | 'config' | 'other'

/** `GET /api/v1/files`. */
export interface FileList {
  /** Folders come before what is in them, names are sorted. */
  readonly entries: readonly FileEntry[]
  /** There are more than 10,000: the others are left out. */
  readonly isTruncated: boolean
}

/** One entry of it. */
export type FileEntry =
  | { readonly path: string; readonly type: 'directory' }
  | {
      readonly path: string
      readonly type: 'file'
      readonly kind: FileKind
      readonly size: number
      /** Milliseconds since the epoch. */
      readonly modified: number
    }

/** The event `files`: something below the root has changed, by whomever. */
export interface FileChange {
  readonly path: string
  readonly type: 'file' | 'directory'
  readonly change: 'added' | 'changed' | 'removed'
}

// The program

/** Something that is wrong, or odd, with a script or config. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly path: string
  /** 0, both, where no place is known. */
  readonly line: number
  readonly column: number
  /** Where it ends, exclusive, if that is known. */
  readonly endLine?: number
  readonly endColumn?: number
}

/** `GET /api/v1/program`, and the event `program` at every change. */
export interface ProgramState {
  readonly state: 'stopped' | 'starting' | 'running' | 'stopping'
  /** The script or config; empty when none was started. It stays when the program stops. */
  readonly path: string
  readonly kind: 'script' | 'config'
  /** Files that it was made of, as far as they lie below the root. */
  readonly files: readonly string[]
  /** Where it listens, with real port numbers. */
  readonly listeners: readonly string[]
  /** Worker threads, asked for and accepting. */
  readonly workers: number
  readonly workersReady: number
  /** Milliseconds since the epoch; 0 while nothing runs. */
  readonly startedAt: number
  /** Grows with every start and restart: ids in flow events are those of this generation. */
  readonly generation: number
  /** A file of it has been changed since it was started. */
  readonly isStale: boolean
  /** Why the last start or restart failed; empty when it did not. */
  readonly problems: readonly Problem[]
}

/** `GET /api/v1/program/connections`: what stopping the program would end. */
export interface ProgramConnections {
  /** Connections of clients that are open, also to programs that it has replaced. */
  readonly open: number
}

/** `POST /api/v1/verify`, and `POST /api/v1/flow`. */
export interface VerifyRequest {
  /** Tells what the text is, by its name; the file need not exist. */
  readonly path: string
  /** Unsaved text; the file's own when it is left out. */
  readonly text?: string
  /**
   * Runs the script as loading it does, with all that it does then (it reads files), so that also
   * what only running shows is found. Otherwise it is only parsed. A graph needs it of configs that
   * are modules, and is refused with `not_run` otherwise; of other texts nothing runs for a graph.
   */
  readonly isRun?: boolean
}

export interface VerifyAnswer {
  readonly problems: readonly Problem[]
}

// Flow graphs

export type {
  FlowEdge,
  FlowFilter,
  FlowModule,
  FlowPipeline,
} from '../../program/flow/flow-graph.ts'
export type { SourceRange } from '../../program/flow/sketch.ts'

/** `POST /api/v1/flow` with `VerifyRequest`, and `GET /api/v1/flow` for the running program. */
export interface FlowGraph {
  /** The `generation` of the running program; 0 for texts. */
  readonly generation: number
  readonly modules: readonly FlowModule[]
}

/**
 * The event `flow`, once a second while a client asks for it. Numbers are rates per second over all
 * workers; at high rates some sessions stand for all.
 */
export interface FlowRates {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly generation: number
  /** Of all sessions, the part that is looked at: 1 for all, 0.25 for one in four. */
  readonly sampled: number
  readonly pipelines: readonly PipelineRates[]
}

export interface PipelineRates {
  readonly id: string
  /** Sessions at the moment. */
  readonly active: number
  /** What goes in and comes out: edge n leads into filter n, the last one out of the pipeline. */
  readonly edges: readonly EdgeRates[]
  /** Of the time that all filters of the program take, the part of each: from 0 to 1. */
  readonly shares: readonly number[]
  /** What the filters that start its sessions give these, of each that has done so by now. */
  readonly calls: readonly CallRates[]
}

/** `errors` are those that go in or those that come back, whichever are more. */
export interface CallRates extends EdgeRates {
  /** Id of the filter. */
  readonly from: string
}

export interface EdgeRates {
  readonly messages: number
  /** Of all kinds. */
  readonly events: number
  readonly bytes: number
  /** Sessions that ended with an error, and answers that stand for a failure. */
  readonly errors: number
}

/** `POST /api/v1/taps`; answered 201 with `Tap`. */
export interface TapRequest {
  /** Id of a filter of the running program. */
  readonly filter: string
  /** Events to wait for, 1 to 1000; 100 unless given. */
  readonly count?: number
  /** Bytes of a body that are shown of each event, up to 16384; 1024 unless given. */
  readonly maxBytes?: number
}

/**
 * `GET /api/v1/taps/<id>`. It ends after `count` events, when it is deleted, with the
 * program, after ten minutes, or when eight later ones are open.
 */
export interface Tap {
  readonly id: string
  readonly filter: string
  readonly isOver: boolean
  readonly events: readonly TapEvent[]
}

/** One of them, and the data of the SSE event `tap`. */
export interface TapEvent {
  /** Id of the tap. */
  readonly tap: string
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly worker: number
  /** Tells sessions apart. */
  readonly session: number
  /** It goes into the filter, or has come out of it. */
  readonly side: 'in' | 'out'
  readonly kind: 'MessageStart' | 'Data' | 'MessageEnd' | 'SessionEnd'
  /** Of `MessageStart`, as indented JSON. */
  readonly head?: string
  /** Of `Data`: all its bytes. */
  readonly size?: number
  /** Of `Data`: the first of its bytes, in base64. */
  readonly bytes?: string
  /** Of `SessionEnd`: why; empty if nothing is wrong. */
  readonly error?: string
  /** The last event of the tap. */
  readonly isLast: boolean
}

/** The SSE event `tap` when a tap ends that no event ends: see `Tap`. */
export interface TapEnd {
  /** Id of the tap. */
  readonly tap: string
  readonly isOver: true
}

// What there is

/** `GET /api/v1/registry`: what scripts are made of, for completion, hints and the palette. */
export interface Registry {
  readonly filters: readonly FilterDoc[]
  /** `listen`, `pipeline` and `task`, which begin a pipeline. */
  readonly entries: readonly FilterDoc[]
  readonly globals: readonly GlobalDoc[]
  /** Codes of `SessionEnd.error`, and the answers that HTTP clients get for them. */
  readonly errors: readonly {
    readonly code: string
    readonly status: number
    readonly statusText: string
  }[]
  /** All of it as TypeScript declarations. */
  readonly declarations: string
}

export interface FilterDoc {
  readonly name: string
  /** `demux(target: string): this`. */
  readonly signature: string
  readonly doc: string
  /** Not one of Pipy's. */
  readonly isExtension: boolean
  readonly parameters: readonly ParameterDoc[]
}

export interface ParameterDoc {
  readonly name: string
  /** In TypeScript. */
  readonly type: string
  readonly doc: string
  readonly isOptional: boolean
  readonly isRest: boolean
}

/** A class, an object with members, a function, or a value. */
export interface GlobalDoc {
  readonly name: string
  readonly kind: 'class' | 'object' | 'function' | 'value'
  /** The declaration without its members: `class Data`, `function pipy(variables?: object): Configuration`. */
  readonly signature: string
  readonly doc: string
  readonly members: readonly GlobalDoc[]
}

// What happens

/**
 * `GET /api/v1/events?kinds=log,stats` is a stream of server-sent events: each has its kind as
 * `event` and JSON as `data`. On connecting, `program` comes at once, and so do `stats` and `flow`
 * within a second.
 */
export interface GuiEvents {
  readonly log: LogLines
  readonly stats: GuiStats
  readonly program: ProgramState
  readonly files: FileChange
  readonly flow: FlowRates
  readonly tap: TapEvent | TapEnd
}

/** What was logged in about a tenth of a second, oldest first. */
export interface LogLines {
  readonly entries: readonly LogEntry[]
  /** How many lines before them are left out, because there were too many. */
  readonly left: number
}

/** Also in `GET /api/v1/logs?lines=1000`, oldest first. */
export interface LogEntry {
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Missing for what scripts print. */
  readonly level?: 'debug' | 'info' | 'warn' | 'error'
  readonly message: string
}

/** What happened in an interval, mostly a second. All lists are empty while nothing runs. */
export interface GuiStats {
  readonly time: number
  readonly seconds: number
  readonly process: {
    readonly state: string
    readonly pid: number
    readonly uptimeSeconds: number
    /** Share of one processor that the whole process took. */
    readonly cpu: number
    readonly residentBytes: number
  }
  readonly total: RequestStats
  readonly listeners: readonly (RequestStats & { readonly listener: string })[]
  readonly routes: readonly (RequestStats & { readonly listener: string; readonly route: string })[]
  readonly upstreams: readonly (RequestStats & { readonly upstream: string })[]
  readonly endpoints: readonly (RequestStats &
    EndpointState & { readonly openConnections: number })[]
  readonly workers: readonly WorkerStats[]
  /** What the stream has asked for; missing where it has asked for nothing. */
  readonly distributions?: readonly NamedDistribution[]
}

/**
 * How long requests of one worker or upstream took. Streams ask for up to eight of them, by
 * `&distributions=worker:0,upstream:api`; those of whom there are none are left out.
 */
export interface NamedDistribution {
  /** As it was asked for. */
  readonly of: string
  readonly buckets: LatencyBuckets
}

/**
 * How many requests took how long, as pairs of milliseconds and a number, in order, without empty
 * ones. Sums of several seconds are a distribution over them.
 */
export type LatencyBuckets = readonly (readonly [milliseconds: number, count: number])[]

/**
 * What requests did: rates are per second. Of scripts, those of `total`, `listeners` and workers alone
 * are known, and by samples: then `total` is 0 where it stands for a number since the start.
 */
export interface RequestStats {
  /** Requests since the start. */
  readonly total: number
  readonly requests: number
  /** By class of status; `none` for requests without one. */
  readonly codes: Readonly<Record<'none' | '2xx' | '3xx' | '4xx' | '5xx', number>>
  readonly failed: number
  /** Clients that went before the answer. */
  readonly abandoned: number
  readonly retries: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** In progress at the end of the interval; of listeners and `total` only. */
  readonly active: number
  readonly latency: LatencyStats
}

/** Milliseconds; all 0 when there were no requests. */
export interface LatencyStats {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
  /** Of `GuiStats.total` only. */
  readonly buckets?: LatencyBuckets
}

/** `GET /api/v1/upstreams` has all; `PATCH` of one takes `{ state?, weight? }` and answers it. */
export interface EndpointState {
  readonly upstream: string
  readonly address: string
  readonly health: 'unknown' | 'healthy' | 'unhealthy'
  readonly state: 'enabled' | 'draining' | 'disabled'
  readonly weight: number
  /** Left out for a while after failures. */
  readonly isEjected: boolean
  readonly ejections: number
}

export interface WorkerStats {
  readonly worker: number
  readonly state: 'Starting' | 'Ready' | 'Waiting' | 'Draining' | 'Stopped'
  readonly deaths: number
  readonly lastDeath: string
  /** Share of one processor. */
  readonly cpu: number
  /** Share of the time in which its event loop had something to do: 1 is all it can. */
  readonly utilisation: number
  readonly heapBytes: number
  readonly lagMs: number
  /** Open connections of both sides. */
  readonly connections: number
  /** Per second, like those below. */
  readonly accepts: number
  readonly bytesRead: number
  readonly bytesWritten: number
  /** Of all listeners, from their clients. */
  readonly requests: number
  readonly latency: LatencyStats
}
