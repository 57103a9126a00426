import { inheritListener, localAddress, type SocketAddress } from '../native/addon.ts'
import { formatAddress } from '../program/format-address.ts'
import type { ListenSpec } from '../program/spec.ts'
import { StartError } from './start-error.ts'

/** The first descriptor that a service manager passes: behind standard input and outputs. */
const FIRST_FD = 3
const VARIABLES = ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']

interface InheritedSocket {
  readonly fd: number
  readonly name: string
  readonly address: SocketAddress
}

/**
 * Listening sockets that a service manager has opened for this process, as systemd's sd_listen_fds(3)
 * tells them: `LISTEN_FDS` descriptors from 3 on, meant for the process `LISTEN_PID`, called
 * `LISTEN_FDNAMES`. They stay open in the manager, so that connections wait in them while one
 * process follows another.
 */
export class InheritedSockets {
  #sockets: InheritedSocket[]

  /**
   * Reads the variables from `environment` and takes them out of it: they are not for children.
   * Throws `StartError` for a descriptor that is no listening socket.
   */
  constructor(environment: NodeJS.ProcessEnv) {
    const [pid, count, names] = VARIABLES.map((name) => environment[name])
    for (const name of VARIABLES) delete environment[name]
    this.#sockets = []
    if (Number(pid) !== process.pid) return
    const known = names?.split(':') ?? []
    for (let i = 0; i < Number(count); i++) {
      this.#sockets.push(openInherited(FIRST_FD + i, known[i] ?? ''))
    }
  }

  /**
   * The sockets for a listener, which belong to the caller from now on: those that bear its name, or
   * else are bound to its address. A socket of all IPv6 addresses also serves one of all IPv4 ones.
   */
  take(spec: ListenSpec, name: string | undefined): number[] {
    const named = this.#sockets.filter((one) => name !== undefined && one.name === name)
    const taken = named.length > 0 ? named : this.#sockets.filter((one) => isBoundTo(one, spec))
    this.#sockets = this.#sockets.filter((one) => !taken.includes(one))
    return taken.map(({ fd }) => fd)
  }

  /** The addresses of those that no listener has taken. */
  get rest(): string[] {
    return this.#sockets.map(({ address: { address, port, family } }) =>
      formatAddress(family === 0 ? { host: '', port, path: address } : { host: address, port }),
    )
  }
}

function openInherited(fd: number, name: string): InheritedSocket {
  try {
    inheritListener(fd)
    return { fd, name, address: localAddress(fd) }
  } catch {
    throw new StartError(
      `descriptor ${fd} of LISTEN_FDS is no listening stream socket: check the socket unit`,
    )
  }
}

function isBoundTo({ address }: InheritedSocket, { host, port, path }: ListenSpec): boolean {
  if (path !== undefined) return address.family === 0 && address.address === path
  if (address.family === 0 || address.port !== port) return false
  return address.address === host || (address.address === '::' && host === '0.0.0.0')
}
