import { Data } from '../../engine/data.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import { DATA, type Event, MESSAGE_START, SESSION_END, SessionEnd } from '../../engine/event.ts'
import { parseTarget } from '../../net/target.ts'
import { nodeTls } from '../../net/tls/node-tls.ts'
import { type TlsClient, tlsConnection } from '../../net/tls/options.ts'
import { type TlsCarrier, type TlsOwner, TlsStream } from '../../net/tls/tls-stream.ts'
import { type ConnectTimeouts, Upstream, type Watched } from './upstream.ts'

/**
 * `connect` with TLS: a plain `connect` inside carries the encrypted bytes, and does all that is
 * not TLS: resolving, attempts, time-outs. The source is held up until the handshake is complete. A
 * handshake that fails is not tried again.
 *
 *     Idle -> Opening -> Open -> Ended
 *                |                 ^
 *                +-----------------+   not reached, or no handshake
 */
export class TlsConnect extends Upstream implements TlsCarrier, TlsOwner {
  readonly #inner: Upstream
  readonly #plan: TlsClient
  #state: 'idle' | 'opening' | 'open' | 'ended' = 'idle'
  #tls: TlsStream | null = null
  #pending: Buffer[] = []
  #hasInputEnded = false
  #hasOutputEnded = false
  /** More is written than is encrypted and sent. */
  #isFull = false
  #holdsInput = false
  #pauses = 0

  /** `inner` belongs to this filter alone. */
  constructor(inner: Upstream, plan: TlsClient) {
    super()
    this.#inner = inner
    this.#plan = plan
    inner.opened = () => this.#handshake()
    inner.next = { process: (event) => this.#receiveInner(event) }
    inner.previous = {
      pause: () => this.#tls?.setCongested(true),
      resume: () => this.#tls?.setCongested(false),
    }
  }

  get target(): string {
    return this.#inner.target
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get timeouts(): ConnectTimeouts {
    return this.#inner.timeouts
  }

  override watch(codec: Watched): void {
    this.#inner.watch(codec)
  }

  override openTunnel(): void {
    this.#inner.openTunnel()
  }

  override enterPhase(phase: number): void {
    this.#inner.enterPhase(phase)
  }

  override start(): void {
    this.#inner.session = this.session
    this.#inner.start()
  }

  process(event: Event): void {
    switch (event.kind) {
      case DATA:
        this.#open()
        this.#send((event as Data).own().toBytes())
        break
      case MESSAGE_START:
        this.#open()
        break
      case SESSION_END:
        this.#endInput(event as SessionEnd)
        break
    }
  }

  override pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#tls?.pause()
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses === 0) this.#tls?.resume()
  }

  override reset(): void {
    this.#tls?.destroy()
    this.#tls = null
    this.#inner.reset()
    this.#state = 'idle'
    this.#pending = []
    this.#hasInputEnded = false
    this.#hasOutputEnded = false
    this.#isFull = false
    this.#holdsInput = false
    this.#pauses = 0
  }

  destroy(): void {
    this.#state = 'ended'
    this.#pending = []
    this.#tls?.destroy()
    this.#inner.destroy()
  }

  // What TLS tells.

  secured(): void {
    this.#state = 'open'
    const pending = this.#pending
    this.#pending = []
    for (const bytes of pending) this.#send(bytes)
    this.#balanceInput()
    if (this.#hasInputEnded) this.#tls?.end()
  }

  receiveDecrypted(bytes: Buffer): void {
    this.#emit(Data.fromBytes(bytes))
  }

  receiveDecryptedEnd(): void {
    if (this.#hasOutputEnded) return
    this.#hasOutputEnded = true
    this.#emit(new SessionEnd('', true))
  }

  failed(reason: string): void {
    const { log } = this.session.context.runtime
    if (this.#state === 'open') return this.#end('ReadError')
    log.warn(`[connect] no TLS with ${this.target}: ${reason}`)
    this.#end('ConnectionRefused')
  }

  drained(): void {
    this.#isFull = false
    this.#balanceInput()
  }

  settle(): void {
    this.session.layout.runtime.sockets.settle()
  }

  // What TLS wants of the connection.

  sendEncrypted(bytes: Buffer): void {
    this.#inner.process(Data.fromBytes(bytes))
  }

  endEncrypted(): void {
    this.#inner.process(new SessionEnd('', true))
  }

  pauseEncrypted(): void {
    this.#inner.pause()
  }

  resumeEncrypted(): void {
    this.#inner.resume()
  }

  #open(): void {
    if (this.#state !== 'idle') return
    this.#state = 'opening'
    this.#balanceInput()
    // Nothing to send yet, but the first event makes it connect.
    this.#inner.process(new Data())
  }

  #send(bytes: Buffer): void {
    if (bytes.length === 0 || this.#state === 'ended') return
    if (this.#state !== 'open') this.#pending.push(bytes)
    else if (this.#tls?.write(bytes) === false) {
      this.#isFull = true
      this.#balanceInput()
    }
  }

  #endInput(end: SessionEnd): void {
    if (this.#hasInputEnded) return
    this.#hasInputEnded = true
    if (end.error !== '') {
      this.destroy()
      // A peer that has gone needs no answer; what went wrong in between is to be answered.
      if (end.error !== 'ReadError') this.next.process(end)
    } else if (this.#state === 'idle') {
      // Nothing was ever sent, and nothing will come.
      this.#state = 'ended'
      this.next.process(new SessionEnd())
    } else if (this.#state === 'open') this.#tls?.end()
  }

  #handshake(): void {
    this.#state = 'opening'
    const options = tlsConnection(this.#plan, parseTarget(this.target)?.host ?? '')
    this.#tls = new TlsStream('client', this, this, (transport) =>
      nodeTls().connect({ ...options, socket: transport }),
    )
    if (this.#pauses > 0) this.#tls.pause()
  }

  #receiveInner(event: Event): void {
    if (event.kind === DATA) {
      // A copy: what was received is good for this batch only, and TLS may keep it for longer.
      this.#tls?.receiveEncrypted(Buffer.from((event as Data).toBytes()))
    } else if (event.kind === SESSION_END) {
      const { error } = event as SessionEnd
      if (error !== '') this.#end(error)
      else if (this.#state === 'open') this.#tls?.receiveEncryptedEnd()
      else this.failed('the connection was closed during the handshake')
    }
  }

  #end(error: SessionErrorCode): void {
    if (this.#state === 'ended') return
    this.destroy()
    this.#balanceInput()
    if (this.#hasOutputEnded) return
    this.#hasOutputEnded = true
    this.#emit(new SessionEnd(error))
  }

  #emit(event: Event): void {
    this.next.process(event)
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  #balanceInput(): void {
    const value = this.#state === 'opening' || (this.#state === 'open' && this.#isFull)
    if (this.#holdsInput === value) return
    this.#holdsInput = value
    if (value) this.previous?.pause()
    else this.previous?.resume()
  }
}
