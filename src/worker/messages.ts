import type { LogEntry, LogLevel } from '../observability/logger.ts'
import type { ProgramSpec } from '../program/spec.ts'

/** A listening socket that a worker accepts from; the orchestrator owns and closes it. */
export interface ListenerFd {
  /** Index in the program's `listen`. */
  index: number
  fd: number
}

/** What a worker thread is started with. */
export interface WorkerSetup {
  /** Number of the slot, from 0; the same for a replacement. */
  slot: number
  spec: ProgramSpec
  listeners: ListenerFd[]
  logLevel: LogLevel
}

/*
 * A worker's life in messages:
 *
 *   worker        ready            all its listeners accept
 *   orchestrator  adopt, release   accepts from another slot's sockets while that slot is down
 *   orchestrator  drain            stops accepting and ends what it has
 *   worker        stopped          accepts no more: the sockets may be closed
 *   worker        draining         how many sessions are left, whenever the number changes
 */
export type MessageToWorker =
  | { type: 'adopt'; listeners: ListenerFd[] }
  | { type: 'release'; listeners: ListenerFd[] }
  | { type: 'drain' }

export type MessageFromWorker =
  | { type: 'ready' }
  | { type: 'stopped' }
  | { type: 'draining'; active: number }
  | { type: 'log'; entries: LogEntry[] }
