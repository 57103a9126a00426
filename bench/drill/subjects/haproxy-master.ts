import { connect } from 'node:net'
import { until } from './until.ts'

/** What HAProxy's master says of itself. */
export interface MasterState {
  /** How often it was told to reload since it started. */
  readonly reloads: number
  /** How many of the latest reloads in a row have failed. */
  readonly failed: number
  /** Ids of the workers of the newest config. */
  readonly workers: readonly number[]
}

/**
 * The command line of HAProxy's master process (`-S`). A reload is asked for here and not by SIGUSR2:
 * the master executes itself anew, and a signal that comes before it waits for events again is lost.
 * A connection waits in the socket until then, so that an answer says that the master is ready.
 */
export class HaproxyMaster {
  readonly #socketFile: string

  constructor(socketFile: string) {
    this.#socketFile = socketFile
  }

  /** Has it read its config again; resolves when a worker with the new one serves. */
  async reload(): Promise<void> {
    const before = await this.#reloadFrom()
    const isFresh = (pid: number): boolean => !before.workers.includes(pid)
    await until(async () => (await this.#state())?.workers.some(isFresh), 'new worker of HAProxy')
  }

  /** The same with a config that it cannot use; resolves when it has refused it. */
  async reloadBroken(): Promise<void> {
    const before = await this.#reloadFrom()
    const hasRefused = (now: MasterState): boolean =>
      now.reloads > before.reloads && now.failed > before.failed
    await until(async () => {
      const now = await this.#state()
      return now !== undefined && hasRefused(now)
    }, 'refusal of a config by HAProxy')
  }

  async #reloadFrom(): Promise<MasterState> {
    let before: MasterState | undefined
    await until(async () => {
      before = await this.#state()
      return before !== undefined
    }, 'answer of the master of HAProxy')
    await this.#ask('reload')
    return before ?? { reloads: 0, failed: 0, workers: [] }
  }

  async #state(): Promise<MasterState | undefined> {
    return parseMasterState(await this.#ask('show proc'))
  }

  /** The answer; empty if the master went away with the connection, as it does when it reloads. */
  #ask(command: string): Promise<string> {
    return new Promise((resolve) => {
      let text = ''
      const socket = connect(this.#socketFile)
      socket.setEncoding('utf8').on('data', (piece) => {
        text += piece
      })
      socket.on('error', () => {}).on('close', () => resolve(text))
      socket.setTimeout(ANSWER_MS, () => socket.destroy())
      socket.end(`${command}\n`)
    })
  }
}

const ANSWER_MS = 5000

/** Reads the answer to `show proc`; undefined if it is none. */
export function parseMasterState(text: string): MasterState | undefined {
  const master = /^\d+\s+master\s+(\d+)(?: \[failed: (\d+)\])?/m.exec(text)
  if (master === null) return undefined
  // Workers of configs before stand below a heading of their own.
  const [current = ''] = text.split(/^# old workers/m)
  return {
    reloads: Number(master[1]),
    failed: Number(master[2] ?? 0),
    workers: [...current.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid)),
  }
}
