import type { Command } from '../process/managed-process.ts'

/** Where one proxy listens, forwards to, and may keep files. */
export interface PeerSetup {
  readonly port: number
  readonly upstreamPorts: readonly [number, number]
  /** Its own directory in memory; removed after the run. */
  readonly directory: string
  readonly workers: number
}

/** A command and the files to write into the peer's directory before it starts. */
export interface Launch extends Command {
  readonly files?: Readonly<Record<string, string>>
}

/** A proxy under measurement: how to start it on the job that all of them have. */
export interface Peer {
  /** Name on the command line and in the results. */
  readonly name: string
  /** Name in tables and charts. */
  readonly label: string
  /** Version, or undefined when it is not installed or not built. */
  version(): string | undefined
  /** What to do when it is missing. */
  readonly remedy: string
  launch(setup: PeerSetup): Launch
}
