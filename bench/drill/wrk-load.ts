import { BenchError } from '../load/bench-error.ts'
import { type ManagedProcess, startProcess } from '../load/process/managed-process.ts'
import { projectPath } from '../load/project.ts'

/** What wrk says about a step. */
export interface WrkCounts {
  readonly requests: number
  /** Answers other than 2xx and 3xx, and none within two seconds. */
  readonly failed: number
  /** Connections refused, reset or closed; wrk also counts those that were idle. */
  readonly socketErrors: number
}

const CONNECTIONS = 32
/** About 2000 requests a second: a load that two processors bear with everything else. */
const PACE_MS = 15
/** Far longer than any step; it is stopped when the step is over. */
const SECONDS = 120

/** wrk with connections that it keeps, at a constant pace. */
export class WrkLoad {
  readonly #process: ManagedProcess

  private constructor(wrk: ManagedProcess) {
    this.#process = wrk
  }

  static async start(port: number, cpus: string): Promise<WrkLoad> {
    const args = [
      ...['-t', '1', '-c', String(CONNECTIONS), '-d', `${SECONDS}s`],
      ...['-s', projectPath('bench/drill/pace.lua'), `http://127.0.0.1:${port}/wrk`],
    ]
    const environment = { DRILL_PACE_MS: String(PACE_MS) }
    return new WrkLoad(await startProcess({ program: 'wrk', args, environment }, cpus, '/'))
  }

  async stop(): Promise<WrkCounts> {
    // wrk prints its report at an interrupt.
    process.kill(this.#process.pid, 'SIGINT')
    await this.#process.ended
    const line = /^DRILL (.*)$/m.exec(this.#process.output())?.[1]
    if (line === undefined) throw new BenchError(`wrk failed: ${this.#process.errorOutput()}`)
    const counts: Record<string, number> = JSON.parse(line)
    const { requests = 0, connect = 0, read = 0, write = 0, status = 0, timeout = 0 } = counts
    return { requests, failed: status + timeout, socketErrors: connect + read + write }
  }
}
