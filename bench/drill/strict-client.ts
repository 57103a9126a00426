import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What came of a request: the answer that was due, another one or none in time, or a lost connection. */
export type Outcome = 'ok' | 'failed' | 'reset'

/** One request of the strict client; times are of `performance.now()`. */
export interface Sample {
  readonly startedAt: number
  readonly milliseconds: number
  readonly outcome: Outcome
  /** Name of the endpoint that answered, or what went wrong. */
  readonly detail: string
}

/** Time between an answer and the next request of one client. */
const THINK_MS = 20
/** A request without an answer for longer has failed. */
const TIMEOUT_MS = 5000

/**
 * Clients that ask one request after the other, try nothing twice and check every answer: status,
 * length, and that it is the answer to this request. A connection that is closed while it is idle
 * costs nothing, as with any client that notices; one that is closed on a request is a reset.
 */
export class StrictClients {
  readonly samples: Sample[] = []
  readonly #port: number
  readonly #clients: Promise<void>[]
  #isOver = false
  #requests = 0

  /** Half of the clients keep their connections, half open one for each request. */
  constructor(port: number, clients: number) {
    this.#port = port
    this.#clients = Array.from({ length: clients }, (_, index) => this.#run(index % 2 === 0))
  }

  /** Resolves when the last answers are here. */
  async stop(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients)
  }

  async #run(keepsConnection: boolean): Promise<void> {
    let connection: Connection | undefined
    while (!this.#isOver) {
      const path = `/drill/${++this.#requests}`
      if (connection?.isOpen !== true) connection = new Connection(this.#port)
      const startedAt = performance.now()
      const result = await connection.ask(path)
      const milliseconds = performance.now() - startedAt
      this.samples.push({ startedAt, milliseconds, ...result })
      if (!keepsConnection || result.outcome !== 'ok') connection.close()
      await pause(THINK_MS)
    }
    connection?.close()
  }
}

type Result = Pick<Sample, 'outcome' | 'detail'>

class Connection {
  isOpen = true
  readonly #socket: Socket
  #text = ''
  #path = ''
  #answer: ((result: Result) => void) | undefined

  constructor(port: number) {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text) => this.#receive(String(text)))
    socket.on('error', ({ message }) => this.#end('reset', message))
    socket.on('close', () => this.#end('reset', `closed after "${this.#text.slice(0, 40)}"`))
    this.#socket = socket
  }

  ask(path: string): Promise<Result> {
    this.#path = path
    this.#text = ''
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: drill\r\n\r\n`)
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end('failed', 'no answer in time'), TIMEOUT_MS)
      this.#answer = (result) => {
        clearTimeout(timer)
        this.#answer = undefined
        resolve(result)
      }
    })
  }

  close(): void {
    this.isOpen = false
    this.#socket.destroy()
  }

  #end(outcome: Outcome, detail: string): void {
    this.close()
    this.#answer?.({ outcome, detail })
  }

  #receive(text: string): void {
    this.#text += text
    if (this.#answer === undefined) return this.#end('failed', 'bytes that nobody asked for')
    const end = this.#text.indexOf('\r\n\r\n')
    if (end < 0) return
    const head = this.#text.slice(0, end + 2).toLowerCase()
    const length = /\r\ncontent-length: *(\d+)\r\n/.exec(head)?.[1]
    const body = this.#text.slice(end + 4)
    if (!head.startsWith('http/1.1 200')) return this.#end('failed', head.split('\r', 1)[0] ?? '')
    if (length === undefined) return this.#end('failed', 'no content-length')
    if (body.length < Number(length)) return
    const [endpoint = '', path] = body.split(' ')
    if (path !== this.#path) return this.#end('failed', `asked ${this.#path}, got "${body}"`)
    if (/\r\nconnection: *close\r\n/.test(head)) this.close()
    this.#answer({ outcome: 'ok', detail: endpoint })
  }
}
