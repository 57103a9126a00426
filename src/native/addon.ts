import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One end of a socket; `family` is 4, 6, or 0 for unix sockets, whose `address` is the path. */
export interface SocketAddress {
  readonly address: string
  readonly port: number
  readonly family: number
}

/** Where a listener listens. */
export interface ListenOptions {
  /** Literal IPv4 or IPv6 address; ignored with `path`. */
  readonly host?: string
  /** 0 lets the kernel choose; see `localAddress`. */
  readonly port?: number
  /** A unix socket instead: a path, or an abstract name with a leading `@`. */
  readonly path?: string
  readonly backlog?: number
  readonly reusePort?: boolean
  readonly ipv6Only?: boolean
  /** Connections are accepted when their first bytes are there, or after so many seconds. */
  readonly deferSeconds?: number
}

/**
 * What is allowed to a connection's peer and how long it is waited for, in milliseconds, 0 for
 * ever; what is left out has the native default.
 */
export interface NativePolicy {
  readonly maxHeadBytes?: number
  readonly maxStartLineBytes?: number
  readonly maxHeaders?: number
  readonly maxChunkExtensionBytes?: number
  readonly maxTrailerBytes?: number
  readonly maxInterimResponses?: number
  /** Longest body of an HTTP message; 0, the default, for none. */
  readonly maxBodyBytes?: number
  /** Requests of one connection, of which the last loses HEAD_KEEP_ALIVE; 0 for no limit. */
  readonly maxRequests?: number
  /** Longest body of a Dubbo message; 8 MB unless given. */
  readonly maxDubboBodyBytes?: number
  /** 1 accepts a bare LF as line end. */
  readonly lenientLf?: number
  /** Unsent bytes at which CONGESTED is reported; DRAINED follows at a quarter. */
  readonly highWatermark?: number
  /** From ACCEPT to the first byte of an HTTP request. */
  readonly firstByteTimeoutMs?: number
  /** A message head must be complete so long after its first byte. */
  readonly headTimeoutMs?: number
  /** Longest pause within a body. */
  readonly bodyTimeoutMs?: number
  /** Bytes of a body that must come in every `bodyTimeoutMs`. */
  readonly minBodyBytes?: number
  /** The peer takes nothing of what is to be sent. */
  readonly writeTimeoutMs?: number
}

/** Sizes of a reactor, and the policy of connections that have no other. */
export interface NativeOptions extends NativePolicy {
  /** Memory for bytes in flight, a multiple of 65536. Reserved, not used, until traffic needs it. */
  readonly slabBytes?: number
  /** Event records delivered per call at most. */
  readonly eventCapacity?: number
  /** Integers in the command ring. */
  readonly commandCapacity?: number
  readonly tapeCapacity?: number
  /**
   * 0: microtasks and `process.nextTick` of `onBatch` wait for some other callback of the event
   * loop. For engines that use neither.
   */
  readonly runsMicrotasks?: number
}

/** The shared memory of a reactor: byte positions in `buffer`; the slab is at 0. */
export interface NativeMemory {
  readonly buffer: ArrayBuffer
  readonly slabBytes: number
  readonly controlAt: number
  readonly controlLength: number
  readonly countersAt: number
  readonly countersLength: number
  readonly eventsAt: number
  readonly eventCapacity: number
  readonly commandsAt: number
  readonly commandCapacity: number
  readonly answeredAt: number
  readonly answeredLength: number
  readonly tapeAt: number
  readonly tapeCapacity: number
}

/** The native class behind `Reactor`, which checks the arguments. Failures are negative errnos. */
export interface NativeReactor {
  memory(): NativeMemory
  addPolicy(policy: NativePolicy): number
  setListenerPolicy(id: number, policy: number): number
  addListener(fd: number, id: number, row: number): number
  removeListener(id: number): number
  adoptConnection(fd: number): number
  /** Twice the connection, and 1 if nobody has looked at it yet. */
  takeOver(row: number, listener: number): number
  releaseConnection(connection: number): number
  measureTurns(): void
  connect(address: string, port: number, timeoutMs: number, policy: number): number
  connectPath(path: string, timeoutMs: number, policy: number): number
  sendBytes(connection: number, bytes: Uint8Array): number
  allocateArena(bytes: number): number
  address(connection: number, isPeer: boolean): SocketAddress | undefined
  lastRequest(connection: number): string
  framerCreate(kind: number, expectAny: boolean, policy: number, client: number): number
  framerFeed(framer: number, offset: number, length: number): number
  framerInHead(framer: number): boolean
  framerMore(framer: number): number
  framerFinish(framer: number): number
  framerExpect(framer: number, flags: number): number
  framerFree(framer: number): number
  writeHead(
    head: number,
    flags: number,
    offset: number,
    capacity: number,
    linesAt: number,
    linesSize: number,
  ): number
  flush(): void
  close(): void
}

interface Addon {
  NativeReactor: new (options: NativeOptions, onBatch: (count: number) => void) => NativeReactor
  openListener(options: Required<ListenOptions>): number
  inheritListener(fd: number): void
  allowedProcessors(): number[]
  pinThread(processor: number): number
  sendDatagram(path: string, text: string): number
  reapChildren(): number
  localAddress(fd: number): SocketAddress
  closeFd(fd: number): void
  handedOver(row: number): number
  closeHandedOver(row: number, waitedMs: number): void
  reasonText(reason: number): string
  judgeRequest(head: string): number
  isForbiddenTrailer(name: string): boolean
  counterNames(): string[]
  protocol(): Record<string, number>
}

/** The build with sanitizers is loaded by `npm run test:sanitized`; there is no other choice. */
const BINARY =
  process.env['SLUICE_SANITIZED'] === '1'
    ? 'build-asan/Release/sluice.node'
    : 'build/Release/sluice.node'
// Enough for the bursts that a load balancer is there for; the kernel caps it at somaxconn.
const BACKLOG = 4096

const addon = load()

/** Makes a reactor on this thread's event loop. Only `Reactor` calls it. */
export function createNativeReactor(
  options: NativeOptions,
  onBatch: (count: number) => void,
): NativeReactor {
  return new addon.NativeReactor(options, onBatch)
}

/**
 * Opens a listening socket and returns its descriptor, which belongs to the caller and may be used
 * by any thread's reactor. Throws an `Error` with `code`, `syscall`, `address` and `port`.
 */
export function openListener(options: ListenOptions): number {
  const port = options.port ?? 0
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new RangeError(`port must be an integer from 0 to 65535, not ${port}`)
  }
  return addon.openListener({
    host: String(options.host ?? '0.0.0.0'),
    port,
    path: String(options.path ?? ''),
    backlog: Number(options.backlog ?? BACKLOG),
    reusePort: options.reusePort ?? false,
    ipv6Only: options.ipv6Only ?? false,
    deferSeconds: Number(options.deferSeconds ?? 0),
  })
}

/**
 * Makes a listening stream socket that another process opened ready to be used as one of ours.
 * Throws an `Error` with `code` when the descriptor is something else.
 */
export function inheritListener(fd: number): void {
  addon.inheritListener(Number(fd))
}

/**
 * Sends one message to a Unix datagram socket: a path, or an abstract name with a leading `@`.
 * Returns 0, or a negative errno; it never waits.
 */
export function sendDatagram(path: string, text: string): number {
  return addon.sendDatagram(String(path), String(text))
}

/** Returns the address a socket is bound to: the real port of a listener on port 0. */
export function localAddress(fd: number): SocketAddress {
  return addon.localAddress(Number(fd))
}

/** Closes a descriptor that this process opened. */
export function closeFd(fd: number): void {
  addon.closeFd(Number(fd))
}

/** Takes leave of children of this thread that have ended: on the first one, also of orphans. */
export function reapChildren(): void {
  addon.reapChildren()
}

/** How many connections of a row wait for a worker, because theirs has died. */
export function handedOver(row: number): number {
  return addon.handedOver(Number(row))
}

/** Closes those of them that have waited for so long. */
export function closeHandedOver(row: number, waitedMs: number): void {
  addon.closeHandedOver(Number(row), Number(waitedMs))
}

/** Returns what the `reason` of a BAD event means, for logs. */
export function reasonText(reason: number): string {
  return addon.reasonText(Number(reason))
}

/**
 * Judges a whole request head of Latin-1 text as if it were received: 0 if nothing is wrong, else the
 * reason, plus 256 times the number of the line, 0 for the start line.
 */
export function judgeRequest(head: string): number {
  return addon.judgeRequest(head)
}

/** Whether a field must not be a trailer, by its name in any letter case. */
export function isForbiddenTrailer(name: string): boolean {
  return addon.isForbiddenTrailer(name)
}

/** Returns the protocol's numbers as native code has them, for the test that compares. */
export function nativeProtocol(): Record<string, number> {
  return addon.protocol()
}

/** Returns the names of the counters as native code has them, for the test that compares. */
export function nativeCounterNames(): string[] {
  return addon.counterNames()
}

function load(): Addon {
  // This file runs from src/native, dist/src/native, or bundled into dist.
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, BINARY))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`${BINARY} is missing: run "npm run setup"`)
    folder = parent
  }
  // The .node file has no types; the interface above is what native/binding exports.
  return createRequire(import.meta.url)(join(folder, BINARY)) as Addon
}

/** Numbers of the processors that this thread may use, in ascending order. */
export function allowedProcessors(): number[] {
  return addon.allowedProcessors()
}

/** Lets this thread run on one processor only; throws if the process may not use it. */
export function pinThread(processor: number): void {
  const errno = -addon.pinThread(processor)
  if (errno !== 0) throw new Error(`cannot run on processor ${processor}: error ${errno}`)
}
