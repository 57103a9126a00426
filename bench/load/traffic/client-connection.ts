import { connect, type Socket } from 'node:net'
import { ResponseReader } from './response-reader.ts'

/** A raw keep-alive connection that sends one prepared request at a time. */
export class ClientConnection {
  /** When the request under way was due, in microseconds of the owner's clock. */
  dueMicros = 0
  onResponse: () => void = ignore
  onFailure: (reason: string) => void = ignore
  readonly #socket: Socket
  readonly #reader = new ResponseReader()
  readonly #request: Buffer
  #isOpen = true

  private constructor(socket: Socket, request: Buffer) {
    this.#socket = socket
    this.#request = request
    socket.setNoDelay(true)
    socket.on('error', (error) => this.#fail(error.message))
    socket.on('close', () => this.#fail('connection closed by the proxy'))
  }

  /** Connects to a loopback port. */
  static open(port: number, path: string): Promise<ClientConnection> {
    const request = Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`, 'latin1')
    return new Promise((resolve, reject) => {
      let connection: ClientConnection | undefined
      const socket = connect({
        port,
        host: '127.0.0.1',
        // Bytes come straight from the socket, past the stream machinery, which the load generator
        // would otherwise spend most of its time in.
        onread: {
          buffer: readBuffer,
          callback: (size) => {
            if (connection !== undefined) connection.#read(readBuffer.subarray(0, size))
            return true
          },
        },
      })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        connection = new ClientConnection(socket, request)
        resolve(connection)
      })
    })
  }

  send(): void {
    this.#socket.write(this.#request)
  }

  /** Sends the request and waits for the response. */
  ask(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onResponse = resolve
      this.onFailure = (reason) => reject(new Error(reason))
      this.send()
    })
  }

  close(): void {
    this.#isOpen = false
    this.#socket.destroy()
  }

  #read(bytes: Buffer): void {
    const completed = this.#reader.feed(bytes)
    if (typeof completed === 'string') this.#fail(completed)
    else if (completed > 0) this.onResponse()
  }

  #fail(reason: string): void {
    if (!this.#isOpen) return
    this.close()
    this.onFailure(reason)
  }
}

// One for all: Node reads and calls back at once, so no two connections use it at a time.
const readBuffer: Buffer = Buffer.allocUnsafe(64 * 1024)

function ignore(): void {
  // Nobody is interested yet.
}
