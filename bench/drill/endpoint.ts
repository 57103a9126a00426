import { fileURLToPath } from 'node:url'
import { findFreePort } from '../load/process/free-port.ts'
import { type ManagedProcess, startProcess } from '../load/process/managed-process.ts'
import { waitForPort } from '../load/process/wait-for-port.ts'
import { siblingModule } from '../load/project.ts'

/** A server behind the proxy that can be killed, started again and slowed down. */
export class Endpoint {
  readonly name: string
  readonly port: number
  readonly #cpus: string
  #process: ManagedProcess | undefined

  private constructor(name: string, port: number, cpus: string) {
    this.name = name
    this.port = port
    this.#cpus = cpus
  }

  /** Starts one on a free port. */
  static async start(name: string, cpus: string): Promise<Endpoint> {
    const endpoint = new Endpoint(name, await findFreePort(), cpus)
    await endpoint.restart()
    return endpoint
  }

  /** Starts it again where it was; resolves when it accepts. */
  async restart(): Promise<void> {
    const program = fileURLToPath(siblingModule(import.meta.url, 'endpoint-server'))
    const args = [program, String(this.port), this.name]
    this.#process = await startProcess({ program: process.execPath, args }, this.#cpus, '/')
    await waitForPort(this.port, this.#process)
  }

  /** Ends it as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    if (this.#process === undefined) return
    process.kill(this.#process.pid, 'SIGKILL')
    await this.#process.ended
  }

  /** Has it answer so many milliseconds late from now on. */
  async delay(milliseconds: number): Promise<void> {
    const response = await fetch(`http://127.0.0.1:${this.port}/delay/${milliseconds}`)
    await response.text()
  }
}
