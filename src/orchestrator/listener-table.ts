import { lookup } from 'node:dns/promises'
import { closeSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { localAddress, openListener } from '../native/addon.ts'
import { formatAddress } from '../program/format-address.ts'
import type { ListenSpec } from '../program/spec.ts'
import type { ListenerFd } from '../worker/messages.ts'
import type { InheritedSockets } from './inherited-sockets.ts'
import { StartError } from './start-error.ts'

/** The next row's. Orchestrators of one process have rows of their own. */
let nextNumber = 0

/**
 * The listening sockets of the process. There is one `SO_REUSEPORT` socket per listener and
 * worker slot, so that the kernel spreads connections without a shared queue. Unix sockets, which
 * have no such option, and sockets that a service manager opened are common to all slots.
 *
 *                slot 0   slot 1   slot 2
 *   listener 0    fd 20    fd 21    fd 22     0.0.0.0:8080
 *   listener 1    fd 23    fd 23    fd 23     unix:/run/a.sock
 *
 * Closing a socket resets the connections in its queue: none is closed before the process drains or
 * a reload removes its listener.
 */
export class ListenerTable {
  readonly #inherited: InheritedSockets | undefined
  #rows: Row[] = []

  /** Listeners take their sockets from `inherited` if there are any for them. */
  constructor(inherited?: InheritedSockets) {
    this.#inherited = inherited
  }

  /** Opens the sockets of slot 0 for each listener; throws `StartError`. */
  async open(specs: readonly ListenSpec[]): Promise<void> {
    const change = await this.prepare(specs, 1)
    change.commit()
  }

  /**
   * Opens what `specs` have beyond the present listeners, for a number of slots, and changes
   * nothing yet. Listeners for the same address keep their sockets, also on port 0. Throws
   * `StartError`.
   */
  async prepare(specs: readonly ListenSpec[], slots: number): Promise<ListenerChange> {
    const rows: Row[] = []
    const opened: Row[] = []
    try {
      for (const spec of specs) {
        const isFixed = spec.port !== 0 || spec.path !== undefined
        if (isFixed && rows.some(({ asked }) => isSame(asked, spec)))
          throw new StartError(`cannot listen on ${formatAddress(spec)}: it is listed twice`)
        const known = this.#rows.find((row) => !rows.includes(row) && isSame(row.asked, spec))
        const row = known ?? (await this.#openRow(spec, hasPort([...this.#rows, ...rows], spec)))
        rows.push(row)
        if (known !== undefined) continue
        opened.push(row)
        for (let slot = 0; slot < slots; slot++) socketsOf(row, slot)
      }
    } catch (error) {
      closeRows(opened)
      throw error
    }
    return {
      abandon: () => closeRows(opened),
      commit: () => {
        const removed = this.#rows.filter((row) => !rows.includes(row))
        this.#rows = rows
        return {
          added: opened.map(({ spec }) => formatAddress(spec)),
          closeRemoved: () => closeRows(removed),
        }
      },
    }
  }

  /** The sockets of one slot, opened if they are not yet. */
  slot(slot: number): ListenerFd[] {
    return this.#rows.flatMap((row, index) =>
      socketsOf(row, slot).map((fd) => ({ index, fd, row: row.number })),
    )
  }

  /** The numbers of the listeners. */
  rows(): number[] {
    return this.#rows.map(({ number }) => number)
  }

  /** Those of them that no other slot has, for another to adopt. */
  ownOf(slot: number): ListenerFd[] {
    return this.slot(slot).filter(({ index }) => this.#rows[index]?.isCommon === false)
  }

  /** The addresses in use, with real port numbers. */
  addresses(): string[] {
    return this.#rows.map(({ spec }) => formatAddress(spec))
  }

  /** Closes everything; new connections are refused from now on. */
  close(): void {
    closeRows(this.#rows)
    this.#rows = []
  }

  /** `isOurs` tells that the process itself listens on the port, at another address. */
  async #openRow(asked: ListenSpec, isOurs: boolean): Promise<Row> {
    const spec = { ...asked, host: await resolveHost(asked) }
    const named = { number: nextNumber++, asked, spec }
    const inherited = this.#inherited?.take(spec, spec.name) ?? []
    const [first] = inherited
    if (first !== undefined) {
      if (spec.path === undefined) spec.port = localAddress(first).port
      return { ...named, fds: inherited, isCommon: true, isInherited: true }
    }
    const isExclusive = spec.path === undefined && spec.port !== 0 && !spec.isShared
    if (isExclusive && !isOurs) checkIsFree(spec)
    const fd = openSocket(spec)
    if (spec.path === undefined && spec.port === 0) spec.port = localAddress(fd).port
    return { ...named, fds: [fd], isCommon: spec.path !== undefined, isInherited: false }
  }
}

/** Other listeners, whose sockets are open and in no use. */
export interface ListenerChange {
  /** Closes what was opened. */
  abandon(): void
  /** Makes the change. The sockets of removed listeners are open until nobody accepts from them. */
  commit(): { added: string[]; closeRemoved: () => void }
}

interface Row {
  /** Of no other listener of the process, before or after. */
  number: number
  /** As the program has it. */
  asked: ListenSpec
  /** With a literal address and a real port. */
  spec: ListenSpec
  /** By slot; or all of them for all slots. */
  fds: number[]
  isCommon: boolean
  /** Whoever opened the sockets goes on with them. */
  isInherited: boolean
}

function closeRows(rows: readonly Row[]): void {
  for (const { spec, fds, isInherited } of rows) {
    for (const fd of fds) closeSync(fd)
    if (spec.path !== undefined && !isInherited) rmSync(spec.path, { force: true })
  }
}

function isSame(one: ListenSpec, other: ListenSpec): boolean {
  return one.host === other.host && one.port === other.port && one.path === other.path
}

function hasPort(rows: readonly Row[], { port, path }: ListenSpec): boolean {
  return path === undefined && rows.some(({ spec }) => spec.port === port)
}

/**
 * Fails when another process listens there. With SO_REUSEPORT the kernel would let us share its
 * port and take half of its connections.
 */
function checkIsFree(spec: ListenSpec): void {
  closeSync(openSocket(spec, false))
}

function socketsOf({ fds, isCommon, spec }: Row, slot: number): readonly number[] {
  if (isCommon) return fds
  while (fds.length <= slot) fds.push(openSocket(spec))
  return fds.slice(slot, slot + 1)
}

function openSocket(spec: ListenSpec, reusePort = true): number {
  try {
    return openListener({ host: spec.host, port: spec.port, path: spec.path ?? '', reusePort })
  } catch (error) {
    throw new StartError(`cannot listen on ${formatAddress(spec)}: ${reasonOf(error)}`)
  }
}

async function resolveHost({ host, path }: ListenSpec): Promise<string> {
  if (path !== undefined || isIP(host.replace(/%.*$/, '')) !== 0) return host
  try {
    return (await lookup(host)).address
  } catch {
    throw new StartError(`cannot listen on ${host}: no such host`)
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'address already in use',
  EADDRNOTAVAIL: 'this machine has no such address',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EINVAL: 'invalid address',
  EMFILE: 'too many open files (see ulimit -n)',
  ENOENT: 'no such directory',
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return REASONS[code] ?? code
}
