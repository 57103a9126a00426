/** Where a proxy of the drill listens and forwards to. */
export interface SubjectSetup {
  readonly port: number
  readonly endpointPorts: readonly number[]
  /** Its own directory, removed after the drill. */
  readonly directory: string
  readonly cpus: string
}

/** A proxy under the drill. What it cannot do is undefined. */
export interface Subject {
  readonly label: string
  readonly version: string
  /** Makes a config that differs from the one before current; resolves when it is in use. */
  reload(): Promise<void>
  /** Hands it a config with a mistake; resolves when it has refused it. */
  reloadBroken(): Promise<void>
  /** Changes how many workers, or threads, it has; resolves when the new ones serve. */
  resize(workers: number): Promise<void>
  /** Ends one worker without warning; resolves when it is gone. */
  readonly crashWorker: (() => Promise<void>) | undefined
  stop(): Promise<void>
}

/** A kind of proxy: how it is started for the drill. */
export interface SubjectKind {
  readonly name: string
  start(setup: SubjectSetup): Promise<Subject>
}
