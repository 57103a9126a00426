import { Worker } from 'node:worker_threads'
import { siblingModule } from '../../load/project.ts'
import type {
  FromGoodClient,
  GoodClientTask,
  PhaseFigures,
  ToGoodClient,
} from './good-client-protocol.ts'

/** A client with good intentions, on a thread of its own so that attackers do not hold it up. */
export class GoodClient {
  readonly #thread: Worker
  /** Resolves when its thread has begun to send. */
  readonly sending: Promise<unknown>

  constructor(task: GoodClientTask) {
    this.#thread = new Worker(siblingModule(import.meta.url, 'good-client-thread'), {
      workerData: task,
    })
    this.sending = this.#take('sending')
  }

  /** Requests that are due from now on count under another name; it sends again if it rested. */
  phase(name: string): void {
    this.#post({ type: 'phase', name })
  }

  /** Sends nothing more until the next phase; resolves when everything is answered. */
  async rest(): Promise<void> {
    this.#post({ type: 'rest' })
    await this.#take('resting')
  }

  /** Ends the client; returns the figures of all phases but the warm-up. */
  async stop(): Promise<readonly PhaseFigures[]> {
    this.#post({ type: 'stop' })
    const message = await this.#take('stopped')
    if (message.type !== 'stopped') return []
    return message.phases.filter(({ name }) => name !== 'warm-up')
  }

  /** Ends the thread at once, whatever it does. */
  async kill(): Promise<void> {
    await this.#thread.terminate()
  }

  #post(message: ToGoodClient): void {
    this.#thread.postMessage(message)
  }

  #take(type: FromGoodClient['type']): Promise<FromGoodClient> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: FromGoodClient): void => {
        if (message.type !== type) return
        this.#thread.off('message', onMessage)
        this.#thread.off('error', reject)
        resolve(message)
      }
      this.#thread.on('message', onMessage)
      this.#thread.once('error', reject)
    })
  }
}
