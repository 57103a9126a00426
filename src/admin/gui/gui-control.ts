import { join } from 'node:path'
import type { Orchestrator } from '../../orchestrator/orchestrator.ts'
import type { ProgramRunner, RunnableSource } from '../../orchestrator/program-runner.ts'
import { StartError } from '../../orchestrator/start-error.ts'
import { placeFlow } from '../../program/flow/flow.ts'
import type { FlowModule } from '../../program/flow/flow-graph.ts'
import type { LoadProblem } from '../../program/load-problem.ts'
import { cut } from '../cut.ts'
import { HttpError } from '../http-server.ts'
import type { ProgramControl } from '../program-control.ts'
import type { Problem, ProgramConnections, ProgramState } from './contract.ts'
import { prefixOf } from './draw.ts'
import type { FileStore } from './file-store.ts'

/** What is in progress when a program is stopped from the page has this long to end. */
const STOP_TIMEOUT_MS = 2000

/** How files become programs. */
export interface Programs {
  /** Makes a source of a file by its absolute path and by the path that clients know. */
  readonly open: (file: string, path: string) => RunnableSource
  readonly loadTimeoutMs: number
}

/** What the routes of the UI steer: programs out of the files of the store, one at a time. */
export class GuiControl implements ProgramControl {
  readonly store: FileStore
  readonly runner: ProgramRunner
  /** How long loading a program may take, or looking at one. */
  readonly loadTimeoutMs: number
  readonly #open: (file: string, path: string) => RunnableSource

  constructor(store: FileStore, runner: ProgramRunner, { open, loadTimeoutMs }: Programs) {
    this.store = store
    this.runner = runner
    this.loadTimeoutMs = loadTimeoutMs
    this.#open = open
  }

  get orchestrator(): Orchestrator {
    const { orchestrator } = this.runner
    if (orchestrator === undefined) throw new HttpError(409, 'no_program', 'no program is running')
    return orchestrator
  }

  get hasProgram(): boolean {
    return this.runner.orchestrator !== undefined
  }

  get reload(): () => Promise<void> {
    return () => this.runner.restart()
  }

  /** Path of the running program, empty if there is none. */
  get path(): string {
    return this.runner.orchestrator === undefined ? '' : (this.runner.source?.path ?? '')
  }

  /** Starts a program; throws `StartError`, or `HttpError` if there is no such file. */
  async start(path: string): Promise<void> {
    const file = await this.store.findFile(path)
    await this.runner.start(this.#open(file, this.store.pathOf(file) ?? path))
  }

  async stop(): Promise<void> {
    await this.runner.stop(STOP_TIMEOUT_MS)
  }

  state(): ProgramState {
    const { runner } = this
    const { orchestrator, program, source } = runner
    const workers = orchestrator?.workerStates() ?? []
    return {
      state: runner.state,
      path: source?.path ?? '',
      kind: source?.kind ?? 'script',
      files: (program?.files ?? []).flatMap((file) => this.store.pathOf(file) ?? []),
      listeners: orchestrator?.addresses ?? [],
      workers: orchestrator?.workers ?? 0,
      workersReady: workers.filter(({ state }) => state === 'Ready').length,
      startedAt: runner.startedAt,
      generation: runner.generation,
      isStale: runner.isStale,
      problems: this.problems(runner.problems),
    }
  }

  async connections(): Promise<ProgramConnections> {
    const counts = (await this.runner.orchestrator?.counts()) ?? []
    return { open: counts.reduce((sum, { instances }) => sum + (instances.Inbound ?? 0), 0) }
  }

  /** What clients call a module of the running program, by its path there. */
  moduleAt(path: string): string {
    return this.store.pathOf(join(this.runner.source?.folder ?? '', path)) ?? path
  }

  /** The pipelines of the running program, by the ids that clients know. */
  flow(): FlowModule[] {
    const { program, source } = this.runner
    if (program === undefined || source === undefined) return []
    return placeFlow(program.flow, prefixOf(this.store, source.file))
  }

  /** Where a filter of the running program is, by its id. */
  placeOf(filter: string): { module: number; pipeline: number; filter: number } | undefined {
    for (const [module, { pipelines }] of this.flow().entries()) {
      for (const [pipeline, { filters }] of pipelines.entries()) {
        const index = filters.findIndex(({ id }) => id === filter)
        if (index >= 0) return { module, pipeline, filter: index }
      }
    }
    return undefined
  }

  /** Problems with files as clients know them. */
  problems(problems: readonly LoadProblem[]): Problem[] {
    return problems.map(({ file, message, sourceLine: _, ...rest }) => ({
      ...rest,
      message: cut(message),
      path: this.store.pathOf(file) ?? file,
    }))
  }
}

/** A failed start as the answer to the request; other errors pass through. */
export function explainFailure(error: unknown, control: GuiControl, status: number): HttpError {
  if (!(error instanceof StartError)) throw error
  const problems = control.problems(control.runner.problems)
  return new HttpError(status, 'not_started', error.message, { problems })
}
