import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import {
  closeFd,
  type ListenOptions,
  localAddress,
  type NativeOptions,
  openListener,
} from '../../../src/native/addon.ts'
import { readLatin1, writeLatin1 } from '../../../src/native/latin1.ts'
import {
  CMD_SEND,
  CTL_ARENA_AT,
  CTL_ARENA_END,
  EV_DATA,
  EV_HEAD,
  EV_MSG_END,
  EVENT_STRIDE,
} from '../../../src/native/protocol.ts'
import { createReactor, type Reactor } from '../../../src/native/reactor.ts'
import { patience } from '../../support/patience.ts'

/** One event record, with the bytes it refers to. */
export interface Recorded {
  readonly kind: number
  readonly connection: number
  readonly fields: readonly number[]
  readonly text: string
}

interface Waiter {
  readonly matches: (event: Recorded) => boolean
  readonly resolve: (event: Recorded) => void
}

const WAIT_MS = patience(15_000)
/** Clients of this file's tests; a half-open one would keep the process alive. */
const clients: Socket[] = []

/** An engine that keeps every event, for tests that wait for one of them. */
export class TestEngine {
  readonly reactor: Reactor
  readonly port: number
  readonly #fd: number
  readonly #waiters: Waiter[] = []
  #events: Recorded[] = []
  /** Answers events at once, inside the batch. */
  onEvent: (event: Recorded) => void = () => {}

  constructor(options: NativeOptions = {}, listen: ListenOptions = { host: '127.0.0.1' }) {
    this.reactor = createReactor(options)
    this.reactor.onBatch = (count) => this.#receive(count)
    this.#fd = openListener(listen)
    this.port = localAddress(this.#fd).port
    this.reactor.addListener(this.#fd)
  }

  get fd(): number {
    return this.#fd
  }

  close(): void {
    for (const client of clients.splice(0)) client.destroy()
    this.reactor.close()
    closeFd(this.#fd)
  }

  /** Resolves with the first event of a kind (and connection), taking it out of the record. */
  take(kind: number, connection = -1): Promise<Recorded> {
    const matches = (event: Recorded): boolean =>
      event.kind === kind && (connection < 0 || event.connection === connection)
    const at = this.#events.findIndex(matches)
    const found = at >= 0 ? this.#events.splice(at, 1)[0] : undefined
    if (found !== undefined) return Promise.resolve(found)
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no event of kind ${kind}`)), WAIT_MS)
      this.#waiters.push({
        matches,
        resolve: (event) => {
          clearTimeout(timer)
          resolve(event)
        },
      })
    })
  }

  /** Events of a kind that nobody took. */
  untaken(kind: number): Recorded[] {
    return this.#events.filter((event) => event.kind === kind)
  }

  /** Collects `size` bytes of DATA. */
  async collect(connection: number, size: number): Promise<string> {
    let text = ''
    while (text.length < size) text += (await this.take(EV_DATA, connection)).text
    return text
  }

  /** Sends text from outside of a batch. */
  send(connection: number, text: string): void {
    this.queue(connection, text)
    this.reactor.flush()
  }

  /** Queues text through the arena. */
  queue(connection: number, text: string): void {
    this.reactor.command3(CMD_SEND, connection, this.place(text), text.length)
  }

  place(text: string): number {
    const { control, bytes } = this.reactor
    if (Number(control[CTL_ARENA_AT]) + text.length > Number(control[CTL_ARENA_END])) {
      this.reactor.allocArena(text.length)
    }
    const at = Number(control[CTL_ARENA_AT])
    writeLatin1(bytes, text, at)
    control[CTL_ARENA_AT] = at + text.length
    return at
  }

  #receive(count: number): void {
    for (let at = 0; at < count * EVENT_STRIDE; at += EVENT_STRIDE) {
      const event = recordAt(this.reactor, this.reactor.events, at)
      this.onEvent(event)
      const waiter = this.#waiters.findIndex((one) => one.matches(event))
      if (waiter >= 0) this.#waiters.splice(waiter, 1)[0]?.resolve(event)
      else this.#events.push(event)
    }
  }
}

/** Copies a record out of a ring. */
export function recordAt(reactor: Reactor, ring: Int32Array, at: number): Recorded {
  const fields = Array.from(ring.subarray(at, at + EVENT_STRIDE))
  const kind = Number(fields[0])
  const hasRange = kind === EV_DATA || kind === EV_MSG_END || kind === EV_HEAD
  const first = kind === EV_HEAD ? 3 : 2
  const offset = Number(fields[first])
  const length = Number(fields[first + 1])
  const text = hasRange ? readLatin1(reactor.bytes, offset, offset + length) : ''
  return { kind, connection: Number(fields[1]), fields, text }
}

/** A client of Node's own, connected. */
export async function connectClient(
  target: { port: number; host?: string } | { path: string },
): Promise<Socket> {
  const socket = connect({ ...target, allowHalfOpen: true })
  socket.on('error', () => {})
  clients.push(socket)
  await once(socket, 'connect')
  return socket
}

/** Reads a client until its peer ends; resolves with all bytes, or rejects on a reset. */
export function readAll(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (data) => {
      text += data.toString('latin1')
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
}

/** Waits until something holds, polling. */
export async function until(holds: () => boolean, waitMs = WAIT_MS): Promise<void> {
  const deadline = Date.now() + waitMs
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('waited too long')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
