import { Buffer } from 'node:buffer'
import {
  createNativeReactor,
  type NativeOptions,
  type NativePolicy,
  type NativeReactor,
  type SocketAddress,
} from './addon.ts'
import { COUNTERS, type CounterName } from './counters.ts'
import { CMD_ABORT, CTL_COMMAND_LENGTH, EVENT_STRIDE } from './protocol.ts'
import { unmapIpv4 } from './unmap-ipv4.ts'

/** What a reactor has done since it was made, and what it holds, by the names of `COUNTERS`. */
export type ReactorStats = Readonly<Record<CounterName, number>>

/** Why a native call failed, as a positive errno. */
export class ReactorError extends Error {
  readonly errno: number

  constructor(call: string, errno: number) {
    super(`${call} failed with errno ${errno}`)
    this.errno = errno
  }
}

/** Commands are at most this many integers long. */
const LONGEST_COMMAND = 4
const CHUNK_BYTES = 65536
const MAX_SLAB_BYTES = 2 ** 31 - CHUNK_BYTES

/** Makes a reactor on this thread's event loop. */
export function createReactor(options: NativeOptions = {}): Reactor {
  return new Reactor(options)
}

/**
 * One thread's sockets. The native side calls `onBatch` with a number of records in `events`; the
 * engine answers with commands, which are executed when the call returns. See protocol.ts for
 * both. All of it belongs to the thread that made it.
 */
export class Reactor {
  /** The slab: received bytes, and the arena that TypeScript writes to. */
  readonly bytes: Buffer
  /** CTL_* fields. */
  readonly control: Int32Array
  /** Event records of the current call of `onBatch`. */
  readonly events: Int32Array
  /** The command ring. */
  readonly commands: Int32Array
  /** How many requests of a connection are answered, by its number; see `takeOver`. */
  readonly answered: Uint32Array
  /** Plain sums that both sides add to, in the order of `COUNTERS`. */
  readonly counters: Float64Array
  /** Records of the last call of `framerFeed` or `framerFinish`; the next one overwrites them. */
  tape: Int32Array
  /** The engine: receives the number of records in `events`. */
  onBatch: (count: number) => void

  readonly #native: NativeReactor
  readonly #commandLimit: number
  readonly #sharedTape: Int32Array
  #nextListener = 1

  constructor(options: NativeOptions) {
    const slabBytes = options.slabBytes ?? CHUNK_BYTES
    if (slabBytes % CHUNK_BYTES !== 0 || slabBytes <= 0 || slabBytes > MAX_SLAB_BYTES) {
      throw new RangeError(`slabBytes must be a multiple of ${CHUNK_BYTES}, not ${slabBytes}`)
    }
    this.onBatch = () => {}
    this.#native = createNativeReactor(options, (count) => this.onBatch(count))
    const memory = this.#native.memory()
    const { buffer, tapeCapacity, eventCapacity } = memory
    this.bytes = Buffer.from(buffer, 0, memory.slabBytes)
    this.control = new Int32Array(buffer, memory.controlAt, memory.controlLength)
    this.events = new Int32Array(buffer, memory.eventsAt, eventCapacity * EVENT_STRIDE)
    this.commands = new Int32Array(buffer, memory.commandsAt, memory.commandCapacity)
    this.tape = new Int32Array(buffer, memory.tapeAt, tapeCapacity * EVENT_STRIDE)
    this.#sharedTape = this.tape
    this.answered = new Uint32Array(buffer, memory.answeredAt, memory.answeredLength)
    this.counters = new Float64Array(buffer, memory.countersAt, memory.countersLength)
    this.#commandLimit = memory.commandCapacity - LONGEST_COMMAND
  }

  /** Appends a command without an argument besides its connection. */
  command1(op: number, connection: number): void {
    const at = this.#reserve()
    const commands = this.commands
    commands[at] = op
    commands[at + 1] = connection
    this.control[CTL_COMMAND_LENGTH] = at + 2
  }

  /** Appends a command with one argument. */
  command2(op: number, connection: number, a: number): void {
    const at = this.#reserve()
    const commands = this.commands
    commands[at] = op
    commands[at + 1] = connection
    commands[at + 2] = a
    this.control[CTL_COMMAND_LENGTH] = at + 3
  }

  /** Appends a command with two arguments. */
  command3(op: number, connection: number, a: number, b: number): void {
    const at = this.#reserve()
    const commands = this.commands
    commands[at] = op
    commands[at + 1] = connection
    commands[at + 2] = a
    commands[at + 3] = b
    this.control[CTL_COMMAND_LENGTH] = at + 4
  }

  /** Drops a connection with a reset, or gives back the number of one that has failed. */
  abort(connection: number): void {
    this.command1(CMD_ABORT, connection)
  }

  /**
   * Executes the commands that wait. Inside `onBatch` nobody needs it; outside it also sends, and
   * ends the batch: ranges given before are gone.
   */
  flush(): void {
    this.#native.flush()
  }

  /** Returns the number of a policy, for listeners, connections and framers; 0 is the reactor's own. */
  addPolicy(policy: NativePolicy): number {
    return check('addPolicy', this.#native.addPolicy(policy))
  }

  /** Sets the policy of what a listener accepts from now on. */
  setListenerPolicy(id: number, policy: number): void {
    check('setListenerPolicy', this.#native.setListenerPolicy(id, policy))
  }

  /**
   * Accepts from a listening descriptor, which stays the caller's; returns the listener's id.
   * Should this thread die, `takeOver` gives its connections to another that listens for `row`.
   */
  addListener(fd: number, row = -1): number {
    const id = this.#nextListener++
    check('addListener', this.#native.addListener(fd, id, row))
    return id
  }

  /** Stops accepting. The descriptor stays open, and connections may wait in it for another. */
  removeListener(id: number): void {
    check('removeListener', this.#native.removeListener(id))
  }

  /** Takes over a connected descriptor; returns the connection. No ACCEPT follows. */
  adoptConnection(fd: number): number {
    return check('adoptConnection', this.#native.adoptConnection(fd))
  }

  /**
   * Goes on with a connection of `row` whose thread has died, under the policy of `listener`. It
   * had nothing to answer, or what it had asked comes once more: `answered` told what is. No ACCEPT
   * follows. `isNew`: its thread had not looked at it. Undefined when no other waits.
   */
  takeOver(
    row: number,
    listener: number,
  ): { readonly connection: number; readonly isNew: boolean } | undefined {
    const taken = this.#native.takeOver(row, listener)
    return taken < 0 ? undefined : { connection: taken >> 1, isNew: (taken & 1) === 1 }
  }

  /**
   * Hands a connection out as a descriptor, which belongs to the caller from then on. Throws
   * `ReactorError` when output is queued. The connection's number is given back.
   */
  releaseConnection(connection: number): number {
    return check('releaseConnection', this.#native.releaseConnection(connection))
  }

  /**
   * Connects to a literal address; `timeoutMs` 0 leaves it to the kernel. Returns the connection,
   * whose CONNECT event follows, or a negative errno.
   */
  connect(address: string, port: number, timeoutMs = 0, policy = 0): number {
    return this.#native.connect(address, port, timeoutMs, policy)
  }

  /** Connects to a unix socket, abstract with a leading `@`. Otherwise like `connect`. */
  connectPath(path: string, timeoutMs = 0, policy = 0): number {
    return this.#native.connectPath(path, timeoutMs, policy)
  }

  /** Queues a copy of `bytes`, behind all commands given so far. For bodies too large for the arena. */
  sendBytes(connection: number, bytes: Uint8Array): void {
    this.#native.sendBytes(connection, bytes)
  }

  /**
   * Makes sure that `minBytes` (at most 65536) lie between CTL_ARENA_AT and CTL_ARENA_END. What
   * is written there stays until the batch, or outside of one the next `flush`, has sent it.
   */
  allocArena(minBytes: number): void {
    check('allocArena', this.#native.allocateArena(minBytes))
  }

  /** The other end of a connection, while it is open. */
  peerAddress(connection: number): SocketAddress | null {
    return this.#native.address(connection, true) ?? null
  }

  /** Our end of a connection, while it is open. */
  localAddress(connection: number): SocketAddress | null {
    return this.#native.address(connection, false) ?? null
  }

  /**
   * The head of the last request that SEND_HEAD wrote to a connection, as written, Latin-1; '' if
   * there was none. Works for a connection that has died until the batch ends.
   */
  lastRequest(connection: number): string {
    return this.#native.lastRequest(connection)
  }

  /**
   * Counts from now on how long the thread works and waits; costs two readings of the clock for each
   * time that it waits.
   */
  measureTurns(): void {
    this.#native.measureTurns()
  }

  /** The IP address of a client; empty if the connection has none, or is gone. */
  clientAddress(connection: number): string {
    const address = connection < 0 ? null : this.peerAddress(connection)
    if (address === null || address.family === 0) return ''
    return unmapIpv4(address.address)
  }

  /**
   * Makes a framer of kind FRAMER_* for bytes that do not come from a socket. `expectAny` accepts
   * responses whose requests it was not told of. `client` is the connection that requests come on.
   */
  framerCreate(kind: number, expectAny: boolean, policy = 0, client = -1): number {
    return check('framerCreate', this.#native.framerCreate(kind, expectAny, policy, client))
  }

  /** Scans a slab range; returns the number of records that `tape` then holds, DATA ones within it. */
  framerFeed(framer: number, offset: number, length: number): number {
    return this.#collect(
      framer,
      check('framerFeed', this.#native.framerFeed(framer, offset, length)),
    )
  }

  /** Whether a head has begun and is not complete. */
  framerInHead(framer: number): boolean {
    return this.#native.framerInHead(framer)
  }

  /**
   * Ends the stream; returns the number of records on `tape`, or a negative errno when a message was
   * cut short: -ERR_IN_HEAD in its head.
   */
  framerFinish(framer: number): number {
    const count = this.#native.framerFinish(framer)
    return count < 0 ? count : this.#collect(framer, count)
  }

  /** Tells a response framer of a request, by its HEAD_* flags. */
  framerExpect(framer: number, flags: number): void {
    this.#native.framerExpect(framer, flags)
  }

  framerFree(framer: number): void {
    this.#native.framerFree(framer)
  }

  /**
   * Writes a head of this batch, framed as the WRITE_* flags ask, to the slab. WRITE_LINES adds the
   * lines in `linesSize` bytes of the slab at `linesAt`. Returns the number
   * of bytes; 0 for a head of another batch, minus the capacity needed when `capacity` is too small.
   */
  writeHead(
    head: number,
    flags: number,
    offset: number,
    capacity: number,
    linesAt = 0,
    linesSize = 0,
  ): number {
    return this.#native.writeHead(head, flags, offset, capacity, linesAt, linesSize)
  }

  /** Returns a snapshot of the counters. */
  stats(): ReactorStats {
    const entries = COUNTERS.map(({ name }, index) => [name, this.counters[index] ?? 0])
    return Object.fromEntries(entries) as ReactorStats
  }

  /** Closes all connections at once, drops the listeners, and lets the event loop end. */
  close(): void {
    this.#native.close()
  }

  /** Returns where the next command goes. */
  #reserve(): number {
    const at = this.control[CTL_COMMAND_LENGTH] as number
    if (at <= this.#commandLimit) return at
    this.#native.flush()
    return this.control[CTL_COMMAND_LENGTH] as number
  }

  #collect(framer: number, count: number): number {
    const shared = this.#sharedTape
    this.tape = shared
    if (count * EVENT_STRIDE < shared.length) return count
    // Rare: more records than the tape holds, thousands of tiny messages or chunks in one piece.
    const parts: number[] = Array.from(shared)
    for (let more = count; more * EVENT_STRIDE === shared.length; ) {
      more = this.#native.framerMore(framer)
      for (let i = 0; i < more * EVENT_STRIDE; i++) parts.push(shared[i] as number)
    }
    this.tape = Int32Array.from(parts)
    return parts.length / EVENT_STRIDE
  }
}

function check(call: string, result: number): number {
  if (result < 0) throw new ReactorError(call, -result)
  return result
}
