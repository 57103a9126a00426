import { reasonText } from '../../native/addon.ts'
import { counterIndex } from '../../native/counters.ts'
import { CMD_RESUME, FRAMER_PROXY, TIMEOUT_DEADLINE, TIMEOUT_IDLE } from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'
import type { Downstream } from '../inbound.ts'
import { Socket } from '../socket.ts'

const HANDSHAKE_TIMEOUTS = counterIndex('handshakeTimeouts')
/** A header is on its way, if it has not come, when the worker is about to stop. */
const DRAIN_GRACE_MS = 1000

/** Who accepted a connection that begins with a PROXY header. */
export interface HeaderOwner {
  /** The header has come: the client is known from now on. Returns who handles the connection. */
  identified(connection: number): Downstream | undefined
  /** It will not come; `reason` tells why, '' if nothing is wrong. The connection is gone. */
  unidentified(connection: number, reason: string): void
}

/**
 * An accepted connection whose PROXY header is read by the reactor. Until it has come nobody knows
 * who the client is, and there is no session.
 */
export class AwaitedHeader implements Downstream {
  readonly #socket: Socket
  readonly #owner: HeaderOwner
  /** How patient a worker is that is about to stop; `null` if it is not. */
  #patience: boolean | null = null

  constructor(owner: HeaderOwner, reactor: Reactor, connection: number, timeoutMs: number) {
    this.#owner = owner
    this.#socket = new Socket(reactor, connection)
    this.#socket.frame(FRAMER_PROXY)
    this.#socket.timeout(timeoutMs, TIMEOUT_DEADLINE)
  }

  onConnect(): void {
    const { id, reactor } = this.#socket
    this.#socket.timeout(0, TIMEOUT_DEADLINE)
    // Whatever handles it from now on may hold up reading again, by commands that follow this one.
    reactor.command1(CMD_RESUME, id)
    this.#socket.id = -1
    const next = this.#owner.identified(id)
    if (this.#patience !== null) next?.drain(this.#patience)
  }

  receiveBad(_status: number, reason: number): void {
    this.#give(reasonText(reason))
  }

  onEnd(): void {
    this.#give('')
  }

  onError(): void {
    this.#give('')
  }

  onTimeout(kind: number): void {
    if (kind === TIMEOUT_IDLE) return this.#give('')
    ;(this.#socket.reactor.counters[HANDSHAKE_TIMEOUTS] as number)++
    this.#give('it takes too long')
  }

  drain(isPatient: boolean): void {
    this.#patience = isPatient
    if (!isPatient) this.#socket.timeout(DRAIN_GRACE_MS, TIMEOUT_IDLE)
  }

  destroy(): void {
    this.#give('')
  }

  // Nothing else happens to such a connection.

  onData(): void {}
  onCongested(): void {}
  onDrained(): void {}
  receiveHead(): void {}
  receiveBody(): void {}
  receiveEnd(): void {}

  #give(reason: string): void {
    const { id } = this.#socket
    if (id < 0) return
    this.#owner.unidentified(id, reason)
    this.#socket.abort()
  }
}
