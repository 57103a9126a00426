import { Agent, request } from 'node:http'
import type { TestContext } from 'node:test'

export interface Answer {
  readonly status: number
  readonly body: string
}

/** What is asked, and how; a GET of `/` unless told otherwise. */
export interface Question {
  readonly method?: string
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent | false
  /** The client's own address, any of the loopback network. */
  readonly localAddress?: string
}

/** Asks once over a connection of its own, or one of the agent's. */
export function ask(
  port: number,
  { method = 'GET', path = '/', headers = {}, agent = false, localAddress }: Question = {},
): Promise<Answer & { headers: NodeJS.Dict<string | string[]> }> {
  const options = { host: '127.0.0.1', port, method, path, headers, agent, localAddress }
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
      )
      response.on('error', reject)
    })
      .on('error', reject)
      .end()
  })
}

/** Clients that ask one thing after the other until the test ends or `stop` is called. */
export class Load {
  /** Answers by status and body: `200 a`. */
  readonly counts = new Map<string, number>()
  readonly failures: string[] = []
  readonly #agent = new Agent({ keepAlive: true })
  #isRunning = true
  readonly #clients: Promise<void>[]

  constructor(context: TestContext, port: number, clients: number) {
    this.#clients = Array.from({ length: clients }, () => this.#run(port))
    context.after(() => this.stop())
  }

  /** Answers in all. */
  get total(): number {
    let sum = 0
    for (const count of this.counts.values()) sum += count
    return sum
  }

  count(answer: string): number {
    return this.counts.get(answer) ?? 0
  }

  /** Resolves when `isTrue`; looks again after every answer. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
  }

  /** Resolves after so many more answers. */
  async more(answers: number): Promise<void> {
    const wanted = this.total + answers
    await this.until(() => this.total >= wanted)
  }

  async stop(): Promise<void> {
    this.#isRunning = false
    await Promise.all(this.#clients)
    this.#agent.destroy()
  }

  async #run(port: number): Promise<void> {
    while (this.#isRunning) {
      try {
        const { status, body } = await ask(port, { agent: this.#agent })
        const answer = `${status} ${body}`
        this.counts.set(answer, this.count(answer) + 1)
      } catch (error) {
        this.failures.push(String(error))
      }
    }
  }
}
