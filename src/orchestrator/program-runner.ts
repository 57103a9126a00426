import { logger } from '../observability/logger.ts'
import type { FlowModule } from '../program/flow/flow-graph.ts'
import type { ModuleGraph } from '../program/graph.ts'
import type { LoadProblem } from '../program/load-problem.ts'
import { FileWatcher } from './file-watcher.ts'
import { LoadError } from './load-error.ts'
import { Orchestrator, type OrchestratorOptions } from './orchestrator.ts'
import { enterProgramFolder } from './program-folder.ts'
import type { LoadedProgram, ProgramSource } from './program-source.ts'

/** A program with what is asked of the process that runs it, and with what can be shown of it. */
export interface RunnableProgram extends LoadedProgram {
  readonly options: OrchestratorOptions
  readonly graphs: readonly ModuleGraph[]
  /** The same as one graph. */
  readonly flow: readonly FlowModule[]
}

/** A script or config that may be started. */
export interface RunnableSource extends ProgramSource {
  /** Absolute path. */
  readonly file: string
  /** Paths in it are relative to this. */
  readonly folder: string
  load(): Promise<RunnableProgram>
}

/**
 *     stopped  -> starting            start()
 *     starting -> running | stopped   it accepts, or cannot
 *     running  -> starting            start() again: the running one goes on meanwhile
 *     running  -> stopping -> stopped stop()
 */
export type RunnerState = 'stopped' | 'starting' | 'running' | 'stopping'

/** Runs one program at a time, or none, in a process that outlives it. */
export class ProgramRunner {
  #state: RunnerState = 'stopped'
  #source: RunnableSource | undefined
  #program: RunnableProgram | undefined
  #orchestrator: Orchestrator | undefined
  #problems: readonly LoadProblem[] = []
  #generation = 0
  #startedAt = 0
  #isStale = false
  readonly #watcher: FileWatcher = new FileWatcher(() => this.#fileChanged())
  /** Starts and stops, one after the other. */
  #changes: Promise<void> = Promise.resolve()
  readonly #observers = new Set<() => void>()

  get state(): RunnerState {
    return this.#state
  }

  /** What runs, or was the last to run. */
  get source(): RunnableSource | undefined {
    return this.#source
  }

  /** What runs at the moment. */
  get program(): RunnableProgram | undefined {
    return this.#program
  }

  get orchestrator(): Orchestrator | undefined {
    return this.#orchestrator
  }

  /** Why the last start has failed; empty if it has not. */
  get problems(): readonly LoadProblem[] {
    return this.#problems
  }

  /** Number of programs that have been started. */
  get generation(): number {
    return this.#generation
  }

  /** Milliseconds since the epoch; 0 while nothing runs. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** Whether a file of the program has changed since it was started. */
  get isStale(): boolean {
    return this.#isStale
  }

  /** Has `observer` told when something of the above has changed; call the result to stop that. */
  observe(observer: () => void): () => void {
    this.#observers.add(observer)
    return () => this.#observers.delete(observer)
  }

  /**
   * Starts a program, or puts it in the place of the running one. Rejects with a `StartError` when
   * it cannot be loaded or started; a running one goes on then.
   */
  start(source: RunnableSource): Promise<void> {
    return this.#afterOthers(() => this.#start(source))
  }

  /** Loads the program again that was started last. */
  async restart(): Promise<void> {
    if (this.#source !== undefined) await this.start(this.#source)
  }

  /** Stops the running program; what is in progress has some time to end. */
  stop(drainTimeoutMs: number): Promise<void> {
    return this.#afterOthers(() => this.#stop(drainTimeoutMs))
  }

  #afterOthers(change: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(change)
    this.#changes = done.catch(() => {})
    return done
  }

  async #start(source: RunnableSource): Promise<void> {
    const before = this.#source
    let leaveFolder = (): void => {}
    this.#enter('starting')
    try {
      leaveFolder = enterProgramFolder(source.folder)
      const program = await source.load()
      program.log()
      const added = await this.#run(program, before?.file !== source.file)
      this.#source = source
      this.#program = program
      this.#problems = []
      this.#isStale = false
      this.#generation++
      this.#startedAt = Date.now()
      this.#watcher.watch(program.files)
      for (const address of added) logger.info(`[listener] Listening on ${address}`)
      logger.info(`${source.kind === 'script' ? 'Script' : 'Config'} started: ${source.path}`)
    } catch (error) {
      leaveFolder()
      this.#fail(source, error)
      throw error
    } finally {
      this.#enter(this.#orchestrator === undefined ? 'stopped' : 'running')
    }
  }

  /** Returns where the program listens in addition to the one before. */
  async #run({ spec, options }: RunnableProgram, isOther: boolean): Promise<string[]> {
    const running = this.#orchestrator
    if (running !== undefined) {
      const added = await running.reload(spec)
      if (isOther) await running.resize(options.workers)
      return added
    }
    const orchestrator = new Orchestrator(spec, {
      ...options,
      hasMetrics: true,
      runsAnything: true,
    })
    try {
      await orchestrator.start()
    } catch (error) {
      orchestrator.stop()
      throw error
    }
    this.#orchestrator = orchestrator
    return orchestrator.addresses
  }

  #fail(source: RunnableSource, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    const isKnown = error instanceof LoadError && error.problems.length > 0
    const place = { file: source.file, line: 0, column: 0 }
    this.#problems = isKnown ? error.problems : [{ severity: 'error', message, ...place }]
    // What was started before is what restarting means, unless nothing ever was.
    this.#source ??= source
    logger.error(`Failed starting ${source.kind}: ${source.path}`)
    const lines = error instanceof LoadError && error.lines.length > 0 ? error.lines : [message]
    for (const line of lines) logger.error(line)
  }

  async #stop(drainTimeoutMs: number): Promise<void> {
    const orchestrator = this.#orchestrator
    if (orchestrator === undefined) return
    this.#enter('stopping')
    await orchestrator.drain(drainTimeoutMs)
    orchestrator.stop()
    this.#watcher.watch([])
    this.#orchestrator = undefined
    this.#program = undefined
    this.#problems = []
    this.#isStale = false
    this.#startedAt = 0
    logger.info(`Stopped: ${this.#source?.path ?? ''}`)
    this.#enter('stopped')
  }

  #fileChanged(): void {
    this.#isStale = true
    this.#tell()
    // What is wrong with it is told by the state.
    if (this.#source?.isWatched === true) this.restart().catch(() => {})
  }

  #enter(state: RunnerState): void {
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    for (const observer of this.#observers) observer()
  }
}
