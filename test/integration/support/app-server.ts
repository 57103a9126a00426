import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'

/** An HTTP server of Node whose behaviour a test changes while it runs. */
export class AppServer {
  /** Requests answered, or at least received. */
  requests = 0
  readonly name: string
  handler: (request: IncomingMessage, response: ServerResponse) => void
  #server: Server | undefined
  readonly #port: number

  private constructor(name: string, port: number) {
    this.name = name
    this.#port = port
    this.handler = (_, response) => response.end(name)
  }

  /** Starts one that answers with its name, and is gone with the test. */
  static async start(context: TestContext, name: string): Promise<AppServer> {
    const server = new AppServer(name, await findFreePort())
    await server.listen()
    context.after(() => server.kill())
    return server
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`
  }

  /** Accepts, again on the same port. */
  async listen(): Promise<void> {
    const server = createServer((request, response) => {
      this.requests++
      this.handler(request, response)
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
  }

  /** Resets all connections and accepts no more, as when a process is killed. */
  kill(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
  }
}
