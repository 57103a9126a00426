import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/** The connection that a TLS stream works on: it carries the encrypted bytes. */
export interface TlsCarrier {
  /** Takes over `bytes`. */
  sendEncrypted(bytes: Buffer): void
  /** Everything is sent: end our direction. */
  endEncrypted(): void
  /** Holds up what the peer sends. Calls balance. */
  pauseEncrypted(): void
  resumeEncrypted(): void
}

/** Who uses a TLS stream. Nothing is called any more after `destroy`. */
export interface TlsOwner {
  /** The handshake is complete. */
  secured(): void
  receiveDecrypted(bytes: Buffer): void
  /** The peer has ended its direction. */
  receiveDecryptedEnd(): void
  /** The handshake or a record was bad; nothing follows. */
  failed(reason: string): void
  /** After `write` has told to wait: it may go on. */
  drained(): void
  /** Called after the others when they run outside of a batch. */
  settle(): void
}

/** A server that takes longer for its handshake is let go. */
const HANDSHAKE_MS = 10_000
/** Plain bytes that may wait to be encrypted before the writer is held up. */
const WRITE_LIMIT = 256 * 1024
/** Encrypted bytes that may wait to be decrypted before the peer is held up. */
const READ_LIMIT = 64 * 1024

/**
 * TLS between an owner, which sees plain bytes, and a carrier, which sees encrypted ones. Node's
 * own TLS does the work:
 *
 *     owner <-- receiveDecrypted -- TLSSocket <--- Transport <--- receiveEncrypted -- carrier
 *           --------- write -----> TLSSocket ---> Transport ------ sendEncrypted -->
 */
export class TlsStream {
  readonly #owner: TlsOwner
  readonly #transport: Transport
  readonly #socket: TLSSocket
  /** Of a client's handshake; a server's carrier has a time-out of its own. */
  #timer: NodeJS.Timeout | null = null
  #isSecure = false
  #isOver = false
  /** Calls of ours in progress: what they cause is settled by whoever made them. */
  #depth = 0

  /** `open` makes the TLS socket on a transport: as a client with `tls.connect`, or as a server. */
  constructor(
    role: 'client' | 'server',
    owner: TlsOwner,
    carrier: TlsCarrier,
    open: (transport: Duplex) => TLSSocket,
  ) {
    this.#owner = owner
    this.#transport = new Transport({
      sendEncrypted: (bytes) => this.#tell(() => carrier.sendEncrypted(bytes)),
      endEncrypted: () => this.#tell(() => carrier.endEncrypted()),
      pauseEncrypted: () => this.#tell(() => carrier.pauseEncrypted()),
      resumeEncrypted: () => this.#tell(() => carrier.resumeEncrypted()),
    })
    if (role === 'client') {
      this.#timer = setTimeout(() => this.#fail('the handshake takes too long'), HANDSHAKE_MS)
    }
    const socket = open(this.#transport)
    this.#socket = socket
    // A client is secure only when it has verified its server, which the second event tells.
    socket.on(role === 'server' ? 'secure' : 'secureConnect', () => this.#secured())
    socket.on('data', (bytes: Buffer) => this.#tell(() => this.#owner.receiveDecrypted(bytes)))
    socket.on('end', () => this.#ended())
    socket.on('drain', () => this.#tell(() => this.#owner.drained()))
    // The server's side tells failures of the handshake only by this one.
    socket.on('_tlsError', (error: Error) => this.#fail(reasonOf(error)))
    socket.on('error', (error: Error) => this.#fail(reasonOf(error)))
    socket.on('close', () => this.#closed())
  }

  /** Protocol that both sides agreed on by ALPN, '' if they did not. */
  get protocol(): string {
    const { alpnProtocol } = this.#socket
    return typeof alpnProtocol === 'string' ? alpnProtocol : ''
  }

  /** Takes over encrypted bytes of the peer. */
  receiveEncrypted(bytes: Buffer): void {
    this.#within(() => this.#transport.receive(bytes))
  }

  /** The peer has ended its direction of the carrier. */
  receiveEncryptedEnd(): void {
    this.#within(() => this.#transport.receive(null))
  }

  /** The carrier has enough, or has room again. */
  setCongested(value: boolean): void {
    this.#within(() => this.#transport.setCongested(value))
  }

  /** Sends `bytes`, which nobody may change; false if no more should come before `drained`. */
  write(bytes: Buffer): boolean {
    if (this.#isOver || bytes.length === 0) return true
    let isBelowMark = true
    this.#within(() => {
      isBelowMark = this.#socket.write(bytes)
    })
    // `drain` follows only when the socket's own, lower mark was reached as well.
    return isBelowMark || this.#socket.writableLength < WRITE_LIMIT
  }

  /** Ends our direction, once everything written is sent. */
  end(): void {
    if (!this.#isOver) this.#within(() => this.#socket.end())
  }

  pause(): void {
    this.#within(() => this.#socket.pause())
  }

  resume(): void {
    this.#within(() => this.#socket.resume())
  }

  /** Forgets owner and carrier. */
  destroy(): void {
    if (this.#isOver) return
    this.#over()
    this.#drop()
  }

  #secured(): void {
    this.#isSecure = true
    this.#clearTimer()
    this.#tell(() => this.#owner.secured())
  }

  #ended(): void {
    if (this.#isSecure) this.#tell(() => this.#owner.receiveDecryptedEnd())
    else this.#closed()
  }

  #closed(): void {
    if (!this.#isSecure) this.#fail('the connection was closed during the handshake')
  }

  #fail(reason: string): void {
    if (this.#isOver) return
    this.#over()
    this.#drop()
    this.#owner.failed(reason)
    this.#settle()
  }

  #drop(): void {
    this.#transport.detach()
    this.#socket.destroy()
    this.#transport.destroy()
  }

  #over(): void {
    this.#isOver = true
    this.#clearTimer()
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #tell(report: () => void): void {
    if (this.#isOver) return
    report()
    this.#settle()
  }

  #settle(): void {
    if (this.#depth === 0) this.#owner.settle()
  }

  #within(work: () => void): void {
    if (this.#isOver) return
    this.#depth++
    try {
      work()
    } finally {
      this.#depth--
    }
  }
}

/** The carrier as a stream, which is what Node's TLS can work on. */
class Transport extends Duplex {
  #carrier: TlsCarrier | null
  #isHeld = false
  #isCongested = false
  #written: (() => void) | null = null

  constructor(carrier: TlsCarrier) {
    super({ allowHalfOpen: true, readableHighWaterMark: READ_LIMIT })
    this.#carrier = carrier
    this.on('error', () => {})
  }

  receive(bytes: Buffer | null): void {
    if (this.push(bytes) || bytes === null || this.#isHeld) return
    this.#isHeld = true
    this.#carrier?.pauseEncrypted()
  }

  setCongested(value: boolean): void {
    this.#isCongested = value
    if (value) return
    const written = this.#written
    this.#written = null
    written?.()
  }

  detach(): void {
    this.#carrier = null
  }

  override _read(): void {
    if (!this.#isHeld) return
    this.#isHeld = false
    this.#carrier?.resumeEncrypted()
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.#carrier?.sendEncrypted(bytes)
    if (this.#isCongested) this.#written = done
    else done()
  }

  override _final(done: () => void): void {
    this.#carrier?.endEncrypted()
    done()
  }
}

function reasonOf(error: Error): string {
  // OpenSSL's own reason without its numbers, if it gives one.
  return 'reason' in error && typeof error.reason === 'string' ? error.reason : error.message
}
