import { connect, type Socket } from 'node:net'

/** A connection that says something, or nothing, and is then silent. */
export class SilentConnection {
  readonly #socket: Socket
  /** What came back, as Latin-1. */
  received = ''
  isClosed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (data) => {
      this.received += data.toString('latin1')
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.isClosed = true
    })
  }

  /** Connects to a loopback port and sends `text`. */
  static open(port: number, text: string): Promise<SilentConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('error', reject)
      socket.once('connect', () => {
        if (text !== '') socket.write(text, 'latin1')
        resolve(new SilentConnection(socket))
      })
    })
  }

  /** Opens many, a limited number of them at a time. */
  static async openMany(
    port: number,
    count: number,
    textOf: (index: number) => string,
  ): Promise<SilentConnection[]> {
    const all: SilentConnection[] = []
    let next = 0
    const open = async (): Promise<void> => {
      while (next < count) all.push(await SilentConnection.open(port, textOf(next++)))
    }
    await Promise.all(Array.from({ length: OPENERS }, open))
    return all
  }

  close(): void {
    this.#socket.destroy()
  }
}

const OPENERS = 64
