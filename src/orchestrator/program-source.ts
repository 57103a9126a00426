import type { ProgramSpec } from '../program/spec.ts'

/** A program that was loaded from files. */
export interface LoadedProgram {
  readonly spec: ProgramSpec
  /** Absolute paths of the files. */
  readonly files: readonly string[]
  /** Logs what is to be said about it. */
  log(): void
}

/** What a process runs, for loading it again: a script or a config. */
export interface ProgramSource {
  /** What log lines call it. */
  readonly kind: 'script' | 'config'
  /** Its file: that of a script from the program's root, with a leading slash; that of a config as it was given. */
  readonly path: string
  /** Whether a change of its files loads it again. */
  readonly isWatched: boolean
  /** Loads and checks it; throws `StartError`. */
  load(): Promise<LoadedProgram>
}
