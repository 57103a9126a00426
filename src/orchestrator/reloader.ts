import { logger } from '../observability/logger.ts'
import { FileWatcher } from './file-watcher.ts'
import { LoadError } from './load-error.ts'
import type { Orchestrator } from './orchestrator.ts'
import type { ProgramSource } from './program-source.ts'
import type { ServiceManager } from './service-manager.ts'

/**
 * Loads the running program again, when asked or when one of its files changes. One that cannot be
 * loaded leaves the running one as it is. Requests that come during a reload lead to one more.
 */
export class Reloader {
  readonly #orchestrator: Orchestrator
  readonly #source: ProgramSource
  readonly #manager: ServiceManager
  readonly #watcher: FileWatcher | undefined
  #isBusy = false
  #isWanted = false
  /** Who wants to know how the next reload ends. */
  #waiting: Waiting[] = []

  /** `files` are those of the running program; `manager` is told of reloads. */
  constructor(
    orchestrator: Orchestrator,
    source: ProgramSource,
    files: readonly string[],
    manager: ServiceManager,
  ) {
    this.#orchestrator = orchestrator
    this.#source = source
    this.#manager = manager
    if (!source.isWatched) return
    this.#watcher = new FileWatcher(() => this.request())
    this.#watcher.watch(files)
  }

  request(): void {
    this.#isWanted = true
    if (!this.#isBusy) void this.#work()
  }

  /** Like `request`; resolves when it is done, and rejects with what was wrong. */
  reload(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.request()
    })
  }

  async #work(): Promise<void> {
    this.#isBusy = true
    while (this.#isWanted) {
      this.#isWanted = false
      const waiting = this.#waiting.splice(0)
      this.#manager.reloading()
      const error = await this.#reload()
      this.#manager.ready()
      for (const { resolve, reject } of waiting) {
        if (error === undefined) resolve()
        else reject(error)
      }
    }
    this.#isBusy = false
  }

  /** Returns what was wrong, if anything was. */
  async #reload(): Promise<unknown> {
    let failure: unknown
    const { kind, path } = this.#source
    try {
      const program = await this.#source.load()
      // Before the switch: a change from here on leads to another reload.
      this.#watcher?.watch(program.files)
      const added = await this.#orchestrator.reload(program.spec)
      program.log()
      for (const address of added) logger.info(`[listener] Listening on ${address}`)
      logger.info(`${kind === 'script' ? 'Script' : 'Config'} reloaded: ${path}`)
    } catch (error) {
      failure = error
      logger.error(`Failed reloading ${kind}: ${path}`)
      for (const line of linesOf(error)) logger.error(line)
      // The file that has to be mended may be new.
      if (error instanceof LoadError) this.#watcher?.watch(error.files)
    }
    logger.flush()
    return failure
  }
}

interface Waiting {
  resolve(): void
  reject(error: unknown): void
}

function linesOf(error: unknown): readonly string[] {
  if (error instanceof LoadError && error.lines.length > 0) return error.lines
  return (error instanceof Error ? error.message : String(error)).split('\n')
}
