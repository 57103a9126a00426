import type { Dependent, InboundInfo } from '../engine/context.ts'
import type { Socket } from './socket.ts'

let lastPeerId = 0

/** What scripts see of a client. The reactor is asked for addresses only when they want them, and once. */
export class Peer implements InboundInfo {
  readonly id = ++lastPeerId
  readonly listener: number
  readonly #socket: Socket
  #remote: { address: string; port: number } | null = null
  #local: { address: string; port: number } | null = null
  #dependents: Set<Dependent> | null = null

  constructor(socket: Socket, listener: number) {
    this.listener = listener
    this.#socket = socket
  }

  get remoteAddress(): string {
    return this.#getRemote().address
  }

  get remotePort(): number {
    return this.#getRemote().port
  }

  get localAddress(): string {
    return this.#getLocal().address
  }

  get localPort(): number {
    return this.#getLocal().port
  }

  addDependent(dependent: Dependent): void {
    this.#dependents ??= new Set()
    this.#dependents.add(dependent)
  }

  removeDependent(dependent: Dependent): void {
    this.#dependents?.delete(dependent)
  }

  ended(): void {
    const dependents = this.#dependents
    if (dependents === null) return
    this.#dependents = null
    for (const dependent of dependents) dependent.clientEnded()
  }

  #getRemote(): { address: string; port: number } {
    if (this.#socket.id >= 0) this.#remote ??= this.#socket.reactor.peerAddress(this.#socket.id)
    return this.#remote ?? { address: '', port: 0 }
  }

  #getLocal(): { address: string; port: number } {
    if (this.#socket.id >= 0) this.#local ??= this.#socket.reactor.localAddress(this.#socket.id)
    return this.#local ?? { address: '', port: 0 }
  }
}
