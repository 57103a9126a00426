import { once } from 'node:events'
import { type AddressInfo, createServer, type ListenOptions } from 'node:net'
import type { TestContext } from 'node:test'
import { ByteStream } from './byte-stream.ts'

/** A server of raw bytes whose connections a test serves by hand. */
export interface RawServer {
  readonly port: number
  /** `host:port`, for `--to`. */
  readonly address: string
  /** Connections accepted so far. */
  readonly accepted: number
  /** The next connection, in the order of their arrival. */
  connection(): Promise<ByteStream>
  /** Resolves when so many connections have arrived in all. */
  arrival(count: number): Promise<void>
  /** Refuses connections from now on; those that stand stay. */
  close(): void
  /** Resets all connections that stand. */
  dropAll(): void
}

/** Starts a server that is gone with the test; `serve` takes each connection, if given. */
export async function startRawServer(
  context: TestContext,
  serve?: (connection: ByteStream) => unknown,
  options: ListenOptions = { host: '127.0.0.1', port: 0 },
): Promise<RawServer> {
  const arrived: ByteStream[] = []
  const waiting: ((connection: ByteStream) => void)[] = []
  const all: ByteStream[] = []
  const counters: (() => void)[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = new ByteStream(socket)
    all.push(connection)
    for (const count of counters.splice(0)) count()
    if (serve !== undefined) {
      void Promise.resolve(serve(connection)).catch(() => socket.destroy())
      return
    }
    const taker = waiting.shift()
    if (taker !== undefined) taker(connection)
    else arrived.push(connection)
  })
  context.after(() => {
    server.close()
    for (const { socket } of all) socket.destroy()
  })
  await once(server.listen(options), 'listening')
  const address = server.address() as AddressInfo | string
  const port = typeof address === 'string' ? 0 : address.port
  return {
    port,
    address: typeof address === 'string' ? `unix:${address}` : `127.0.0.1:${port}`,
    get accepted() {
      return all.length
    },
    connection: () => {
      const next = arrived.shift()
      if (next !== undefined) return Promise.resolve(next)
      return new Promise((resolve) => waiting.push(resolve))
    },
    arrival: async (count) => {
      while (all.length < count) await new Promise<void>((resolve) => counters.push(resolve))
    },
    close: () => server.close(),
    dropAll: () => {
      for (const connection of all) connection.reset()
    },
  }
}

/** Answers every request on a connection with `respond(request number, head)`. */
export function answering(
  respond: (startLine: string, connection: ByteStream) => string,
): (connection: ByteStream) => Promise<void> {
  return async (connection) => {
    for (;;) {
      await connection.until(
        () => connection.untaken !== '' || connection.ending !== 'open',
        'request',
        true,
      )
      if (connection.untaken === '') return void connection.socket.end()
      const { startLine } = await connection.message()
      connection.write(respond(startLine, connection))
    }
  }
}

/** A response with a Content-Length. */
export function response(body: string, ...lines: string[]): string {
  const head = ['HTTP/1.1 200 OK', ...lines, `Content-Length: ${body.length}`]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
