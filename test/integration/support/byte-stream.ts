import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { patience } from '../../support/patience.ts'
import { type HttpMessage, type MessageFraming, readMessage } from './http-message.ts'

/** Only tells what was awaited before the runner ends the file; long enough for any machine. */
const PATIENCE_MS = patience(40_000)

/** How a connection's incoming direction is: open, ended by FIN, or broken. */
export type Ending = 'open' | 'end' | 'reset'

/** A raw connection, of a client or of a server, whose bytes can be waited for. */
export class ByteStream {
  readonly socket: Socket
  /** What has come, at the beginning of a memory with room for more. */
  #memory: Buffer = Buffer.allocUnsafeSlow(64 * 1024)
  #bytes: Buffer = this.#memory.subarray(0, 0)
  #ending: Ending = 'open'
  #wake: (() => void)[] = []
  /** Nothing came in time: a test that expects broken connections must not take it for one. */
  hasHung = false

  constructor(socket: Socket) {
    this.socket = socket
    socket.setNoDelay(true)
    socket.on('data', (data) => {
      this.#append(data)
      this.#changed()
    })
    socket.on('end', () => this.#end('end'))
    socket.on('error', () => this.#end('reset'))
    socket.on('close', () => this.#end('reset'))
  }

  /** Memory doubles: with a copy of everything for each piece, long bodies would take minutes. */
  #append(data: Buffer): void {
    const before = this.#bytes
    const size = before.length + data.length
    const room = this.#memory.byteOffset + this.#memory.length - before.byteOffset
    if (size > room) {
      this.#memory = Buffer.allocUnsafeSlow(2 * size)
      before.copy(this.#memory)
      this.#bytes = this.#memory.subarray(0, before.length)
    }
    const from = this.#bytes.byteOffset - this.#memory.byteOffset
    data.copy(this.#memory, from + before.length)
    this.#bytes = this.#memory.subarray(from, from + size)
  }

  /** Bytes received and not taken yet, as Latin-1. */
  get untaken(): string {
    return this.#bytes.toString('latin1')
  }

  get ending(): Ending {
    return this.#ending
  }

  /** Sends Latin-1 text. */
  write(text: string | Buffer): this {
    this.socket.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
    return this
  }

  /** Sends Latin-1 text if any, and FIN. */
  end(text = ''): this {
    this.socket.end(Buffer.from(text, 'latin1'))
    return this
  }

  reset(): void {
    this.socket.resetAndDestroy()
  }

  /** Takes everything up to and including `text`. */
  async through(text: string): Promise<string> {
    await this.until(() => this.untaken.includes(text), `text ${JSON.stringify(text)}`)
    return this.take(this.untaken.indexOf(text) + text.length)
  }

  /** Takes `count` bytes. */
  async take(count: number): Promise<string> {
    await this.until(() => this.#bytes.length >= count, `${count} bytes`)
    const taken = this.#bytes.subarray(0, count).toString('latin1')
    this.#bytes = this.#bytes.subarray(count)
    return taken
  }

  /** Waits for FIN and takes what came before it; fails if the connection breaks instead. */
  async rest(): Promise<string> {
    assert.equal(await this.over(), 'end', `connection broke after ${JSON.stringify(this.untaken)}`)
    return this.take(this.#bytes.length)
  }

  /** Waits until nothing more can come, and tells how that was. */
  async over(): Promise<Ending> {
    await this.until(() => this.#ending !== 'open', 'end', true)
    return this.#ending
  }

  /** Takes one HTTP message. */
  async message(framing: MessageFraming = {}): Promise<HttpMessage> {
    let message: HttpMessage | null = null
    await this.until(() => {
      message = readMessage(this.#bytes, this.#ending !== 'open', framing)
      return message !== null
    }, 'HTTP message')
    const found = message as HttpMessage | null
    assert.ok(found !== null)
    this.#bytes = this.#bytes.subarray(found.size)
    return found
  }

  /** Waits until `isTrue`; fails when the connection is over before that. */
  async until(isTrue: () => boolean, what: string, mayEnd = false): Promise<void> {
    const patience = setTimeout(() => {
      this.hasHung = true
      this.socket.destroy()
    }, PATIENCE_MS)
    try {
      while (!isTrue() && (mayEnd || this.#ending === 'open')) {
        await new Promise<void>((resolve) => this.#wake.push(resolve))
      }
    } finally {
      clearTimeout(patience)
    }
    if (isTrue() && !this.hasHung) return
    const how = this.hasHung ? 'nothing comes' : `connection over (${this.#ending})`
    throw new Error(`no ${what}: ${how} after ${JSON.stringify(this.untaken.slice(-400))}`)
  }

  #end(how: Ending): void {
    if (this.#ending === 'open') this.#ending = how
    this.#changed()
  }

  #changed(): void {
    for (const wake of this.#wake.splice(0)) wake()
  }
}

/** Connects a raw client, which is gone with the test. */
export async function connectRaw(
  context: TestContext,
  where: number | NetConnectOpts,
): Promise<ByteStream> {
  const options = typeof where === 'number' ? { port: where, host: '127.0.0.1' } : where
  const socket = connect({ ...options, allowHalfOpen: true } as NetConnectOpts)
  context.after(() => socket.destroy())
  await once(socket, 'connect')
  return new ByteStream(socket)
}

/** Sends a whole request on a connection of its own and returns the answer. */
export async function exchange(
  context: TestContext,
  where: number | NetConnectOpts,
  request: string,
  framing: MessageFraming = {},
): Promise<HttpMessage> {
  const client = await connectRaw(context, where)
  client.write(request)
  const message = await client.message(framing)
  client.socket.destroy()
  return message
}
