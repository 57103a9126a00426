import { lookup } from 'node:dns/promises'
import { closeSync, rmSync } from 'node:fs'
import { isIP } from 'node:net'
import { localAddress, openListener } from '../native/addon.ts'
import { formatAddress } from '../program/format-address.ts'
import type { ListenSpec } from '../program/spec.ts'
import type { ListenerFd } from '../worker/messages.ts'
import { StartError } from './start-error.ts'

/**
 * The listening sockets of the process. There is one `SO_REUSEPORT` socket per listener and
 * worker slot, so that the kernel spreads connections without a shared queue; Unix sockets, which
 * have no such option, are one per listener and shared.
 *
 *                slot 0   slot 1   slot 2
 *   listener 0    fd 20    fd 21    fd 22     0.0.0.0:8080
 *   listener 1    fd 23    fd 23    fd 23     unix:/run/a.sock
 *
 * Closing a socket resets the connections in its queue: none is closed before the process drains or
 * a reload removes its listener.
 */
export class ListenerTable {
  #rows: Row[] = []

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
        const row = known ?? (await openRow(spec, hasPort([...this.#rows, ...rows], spec)))
        rows.push(row)
        if (known !== undefined) continue
        opened.push(row)
        for (let slot = 0; slot < slots; slot++) socketOf(row, slot)
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
    return this.#rows.map((row, index) => ({ index, fd: socketOf(row, slot) }))
  }

  /** Those of them that no other slot has, for another to adopt. */
  ownOf(slot: number): ListenerFd[] {
    return this.slot(slot).filter(({ index }) => this.#rows[index]?.spec.path === undefined)
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
}

/** Other listeners, whose sockets are open and in no use. */
export interface ListenerChange {
  /** Closes what was opened. */
  abandon(): void
  /** Makes the change. The sockets of removed listeners are open until nobody accepts from them. */
  commit(): { added: string[]; closeRemoved: () => void }
}

interface Row {
  /** As the program has it. */
  asked: ListenSpec
  /** With a literal address and a real port. */
  spec: ListenSpec
  /** By slot. */
  fds: number[]
}

function closeRows(rows: readonly Row[]): void {
  for (const { spec, fds } of rows) {
    for (const fd of fds) closeSync(fd)
    if (spec.path !== undefined) rmSync(spec.path, { force: true })
  }
}

function isSame(one: ListenSpec, other: ListenSpec): boolean {
  return one.host === other.host && one.port === other.port && one.path === other.path
}

function hasPort(rows: readonly Row[], { port, path }: ListenSpec): boolean {
  return path === undefined && rows.some(({ spec }) => spec.port === port)
}

/** `isOurs` tells that the process itself listens on the port, at another address. */
async function openRow(asked: ListenSpec, isOurs: boolean): Promise<Row> {
  const spec = { ...asked, host: await resolveHost(asked) }
  const isExclusive = spec.path === undefined && spec.port !== 0 && !spec.isShared
  if (isExclusive && !isOurs) checkIsFree(spec)
  const fd = openSocket(spec)
  if (spec.path === undefined && spec.port === 0) spec.port = localAddress(fd).port
  return { asked, spec, fds: [fd] }
}

/**
 * Fails when another process listens there. With SO_REUSEPORT the kernel would let us share its
 * port and take half of its connections.
 */
function checkIsFree(spec: ListenSpec): void {
  closeSync(openSocket(spec, false))
}

function socketOf(row: Row, slot: number): number {
  if (row.spec.path !== undefined) return row.fds[0] as number
  while (row.fds.length <= slot) row.fds.push(openSocket(row.spec))
  return row.fds[slot] as number
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
