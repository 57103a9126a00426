import { Data } from '../../engine/data.ts'
import { evaluate, type ValueOf } from '../../engine/definition.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import { DATA, type Event, MESSAGE_START, SESSION_END, SessionEnd } from '../../engine/event.ts'
import type { BatchListener } from '../../engine/runtime.ts'
import type { TargetObserver, UpstreamObserver } from '../../engine/upstream-observer.ts'
import { batchTime } from '../../native/batch-clock.ts'
import { counterIndex } from '../../native/counters.ts'
import { ERR_IN_HEAD, TIMEOUT_IDLE } from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'
import { isShortage } from '../../native/shortage.ts'
import type { SocketHandler } from '../../native/sockets.ts'
import type { Framable, FramedReceiver } from '../../net/framable.ts'
import { type ProxyVersion, proxyHeader } from '../../net/proxy-protocol/proxy-header.ts'
import { cachedAddresses, preferAddress, resolve } from '../../net/resolver.ts'
import { Socket } from '../../net/socket.ts'
import { parseTarget, type Target } from '../../net/target.ts'
import { Place, type Places } from './place.ts'
import { type ConnectTimeouts, Upstream, type Watched } from './upstream.ts'

const ETIMEDOUT = 110
/** The head of a response, from its first byte to its last. */
const RESPONSE_HEAD_MS = 30_000
const IDLE_TIMEOUTS = counterIndex('idleTimeouts')
const RESPONSE_TIMEOUTS = counterIndex('responseTimeouts')
const NO_ADDRESSES: readonly string[] = []

/** What `connect` was given, with all defaults. */
export interface ConnectPlan {
  target: ValueOf<string>
  timeouts: ConnectTimeouts
  bufferLimit: number
  /** The reactor's number of what of this it looks after; -1 while nothing was connected. */
  policy: number
  retryCount: number
  retryDelayMs: number
  isEager: boolean
  proxyVersion: ProxyVersion | null
  observer: UpstreamObserver | null
  places: Places | null
}

/**
 * Connects at the first event, or at the start if it is eager, and relays bytes both ways. The
 * source is held up until the connection stands: what came before can be sent elsewhere. One attempt
 * tries all addresses of a name, in order.
 *
 *     Idle -> Resolving -> Connecting -> Open -> Ended
 *     |         |             |    ^              ^
 *     |         |             v    | retry        |
 *     +---------+-----------> Waiting ------------+
 *      no room
 */
export class Connect extends Upstream implements SocketHandler, Framable, BatchListener {
  readonly #plan: ConnectPlan
  socket: Socket | null = null
  #state: 'idle' | 'resolving' | 'connecting' | 'waiting' | 'open' | 'ended' = 'idle'
  #framerKind = 0
  #receiver: FramedReceiver | null = null
  #watched: Watched | null = null
  /** The framer's protocol is over: what it hands on are bytes of another. */
  #isTunnel = false
  #pending: Data[] | null = null
  #expectations: number[] | null = null
  /** The socket's queue is above its high watermark. */
  #isFull = false
  #holdsInput = false
  #pauses = 0
  #hasInputEnded = false
  #attempts = 0
  /** Errno of a connection that could not even be begun, until the batch is over. */
  #refusal = 0
  /** How long an idle watched connection has been quiet, as far as timers tell. */
  #quietMs = 0
  /** When the connection was begun, if its first request has a record. */
  #connectingSince = 0
  #timer: NodeJS.Timeout | null = null
  #target = ''
  /** The addresses of the target's name, of which the one at `#tried` is tried. */
  #addresses: readonly string[] = NO_ADDRESSES
  #tried = 0
  /** Is told what becomes of the connection. */
  protected observer: TargetObserver | null = null
  /** Its place where connections are limited; `null` where they are not. */
  readonly #place: Place | null
  /** Tells answers to questions of an earlier life of this pooled filter from current ones. */
  #life = 0

  constructor(plan: ConnectPlan) {
    super()
    this.#plan = plan
    this.#place = plan.places === null ? null : new Place(plan.places, this)
  }

  get target(): string {
    return this.#target
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  get timeouts(): ConnectTimeouts {
    return this.#plan.timeouts
  }

  override start(): void {
    // Not at once: whoever has started the session does not have it in hand yet.
    if (this.#plan.isEager) this.session.layout.runtime.atBatchEnd(this)
  }

  batchEnded(): void {
    const refusal = this.#refusal
    this.#refusal = 0
    if (refusal !== 0 && this.#state === 'connecting') return this.#unreachable(refusal)
    if (this.#state === 'idle' && this.session.isLive && !this.#hasInputEnded) this.#open()
  }

  process(event: Event): void {
    switch (event.kind) {
      case DATA:
        if (this.#state === 'idle') this.#open()
        if (this.socket !== null && this.#isCommitted) this.send(event as Data)
        else this.#hold(event as Data)
        break
      case MESSAGE_START:
        if (this.#state === 'idle') this.#open()
        break
      case SESSION_END:
        this.#endInput(event as SessionEnd)
        break
    }
  }

  openSocket(): Socket | null {
    if (this.#state === 'idle') this.#open()
    return this.#isCommitted ? this.socket : null
  }

  /** Whether bytes may go to the socket: there will be no other to send them to. */
  get #isCommitted(): boolean {
    if (this.#state === 'open' || this.#state === 'ended') return true
    return this.#plan.retryCount === 0 && this.#tried + 1 >= this.#addresses.length
  }

  attachFramer(kind: number, receiver: FramedReceiver): void {
    this.#framerKind = kind
    this.#receiver = receiver
    this.#watched = receiver
  }

  override watch(codec: Watched): void {
    this.#watched = codec
  }

  override enterPhase(phase: number): void {
    this.socket?.enterPhase(phase)
  }

  override expect(flags: number): void {
    if (this.socket !== null && this.#isCommitted) this.socket.expect(flags)
    else {
      this.#expectations ??= []
      this.#expectations.push(flags)
    }
  }

  override openTunnel(): void {
    this.#isTunnel = true
    this.#watched = null
    this.#armTimeout()
  }

  override pause(): void {
    this.#pauses++
    this.socket?.pause()
  }

  override resume(): void {
    this.#pauses--
    this.socket?.resume()
  }

  override reset(): void {
    this.#life++
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#state = 'idle'
    this.#drop(false)
    this.#framerKind = 0
    this.#receiver = null
    this.#watched = null
    this.#isTunnel = false
    this.#pending = null
    this.#expectations = null
    this.#isFull = false
    this.#holdsInput = false
    this.#pauses = 0
    this.#quietMs = 0
    this.#hasInputEnded = false
    this.#attempts = 0
    this.#refusal = 0
    this.#target = ''
    this.#addresses = NO_ADDRESSES
    this.#tried = 0
  }

  destroy(): void {
    this.#state = 'ended'
    this.#drop(true)
  }

  #open(): void {
    if (this.admit()) return
    this.#state = 'waiting'
    this.#balanceInput()
    this.#place?.wait()
  }

  /** There is no room for a connection, and has not been for long. */
  refuse(): void {
    this.#end('Overloaded')
  }

  /** What was done outside of a batch is to be told. */
  settle(): void {
    this.session.layout.runtime.sockets.settle()
  }

  /** Begins to connect; returns false if there is no target with room for it. */
  admit(): boolean {
    let text: unknown
    try {
      text = evaluate(this.session.context, this.#plan.target)
    } catch (error) {
      this.#state = 'ended'
      this.fail(error)
      return true
    }
    if (this.#place?.take(String(text)) === false) return false
    this.#attempts++
    const target = typeof text === 'string' ? parseTarget(text) : null
    if (target === null) {
      this.session.context.runtime.log.warn(`[connect] invalid target: ${String(text)}`)
      this.#end('CannotResolve')
      return true
    }
    this.#target = String(text)
    this.observer = this.#plan.observer?.target(this.#target) ?? null
    this.observer?.begin()
    this.#tried = 0
    this.#addresses = NO_ADDRESSES
    this.#begin(target)
    return true
  }

  #begin(target: Target): void {
    if (target.address !== null) return this.#connect(target, target.address)
    const known = cachedAddresses(target.host)
    if (known !== undefined) return this.#connectTo(target, known)
    this.#state = 'resolving'
    this.#balanceInput()
    const life = this.#life
    resolve(target.host, (found) => {
      if (life !== this.#life || this.#state !== 'resolving') return
      if (found === null) this.#end('CannotResolve')
      else this.#connectTo(target, found)
      this.session.layout.runtime.sockets.settle()
    })
  }

  #connectTo(target: Target, addresses: readonly string[]): void {
    this.#addresses = addresses
    this.#connect(target, addresses[0] ?? '')
  }

  #connect(target: Target, address: string): void {
    const sockets = this.session.layout.runtime.sockets
    const timeout = this.#plan.timeouts.connect
    const policy = policyOf(this.#plan, sockets.reactor)
    const id =
      target.path !== ''
        ? sockets.reactor.connectPath(target.path, timeout, policy)
        : sockets.reactor.connect(address, target.port, timeout, policy)
    this.#state = 'connecting'
    if (this.session.context.request !== null) this.#connectingSince = batchTime()
    this.#balanceInput()
    if (id < 0) {
      // Not in the middle of the event that made us connect: filters before us are not done with it.
      this.#refusal = -id
      this.session.layout.runtime.atBatchEnd(this)
      return
    }
    sockets.attach(id, this)
    const socket = new Socket(sockets.reactor, id)
    this.socket = socket
    const { proxyVersion } = this.#plan
    if (proxyVersion !== null) {
      socket.sendText(proxyHeader(proxyVersion, this.session.context.inbound))
    }
    if (this.#framerKind !== 0) socket.frame(this.#framerKind)
    for (let i = 0; i < this.#pauses; i++) socket.pause()
    if (this.#isCommitted) this.#flush()
  }

  /** Hands over what came before the socket did. */
  #flush(): void {
    for (const flags of this.#expectations ?? []) this.socket?.expect(flags)
    this.#expectations = null
    const pending = this.#pending
    this.#pending = null
    if (pending !== null) for (const data of pending) this.send(data)
  }

  /** Gives the socket what was meant for it. */
  protected send(data: Data): void {
    this.socket?.send(data)
  }

  onConnect(errno: number): void {
    if (errno !== 0) {
      this.#drop(true)
      this.#unreachable(errno)
      return
    }
    this.#state = 'open'
    this.#attempts = 0
    const { request } = this.session.context
    if (request !== null) request.connectMs = batchTime() - this.#connectingSince
    if (this.#tried > 0) this.#prefer()
    this.opened?.()
    this.#flush()
    this.#balanceInput()
    this.#armTimeout()
    if (this.#hasInputEnded) this.socket?.end()
  }

  onData(offset: number, size: number): void {
    if (this.#receiver !== null) this.#receiver.receiveBody(offset, size)
    else {
      this.#quietMs = 0
      this.next.process(Data.borrow(this.session.layout.runtime.sockets.reactor, offset, size))
    }
    this.#wake()
  }

  receiveHead(events: Int32Array, at: number): void {
    this.#quietMs = 0
    this.#receiver?.receiveHead(events, at)
    this.#wake()
  }

  receiveBody(offset: number, size: number): void {
    this.#receiver?.receiveBody(offset, size)
    this.#wake()
  }

  receiveEnd(offset: number, size: number): void {
    this.#receiver?.receiveEnd(offset, size)
    this.#wake()
  }

  receiveBad(status: number, reason: number): void {
    this.#receiver?.receiveBad(status, reason)
    this.#wake()
  }

  onEnd(): void {
    if (this.#hasInputEnded || (this.#receiver !== null && !this.#isTunnel)) this.#drop(false)
    this.#state = 'ended'
    this.next.process(new SessionEnd('', true))
    this.#wake()
  }

  /** Tells filters that wait for output in this context, of which there are hardly ever any. */
  #wake(): void {
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  onError(errno: number): void {
    this.#end(errno === ERR_IN_HEAD ? 'ProtocolError' : 'ReadError')
  }

  onCongested(): void {
    this.#isFull = true
    this.#balanceInput()
  }

  onDrained(): void {
    this.#isFull = false
    this.#balanceInput()
  }

  /**
   * Nothing has moved for as long as a response may take, or for too long within one. The timer is
   * armed once for the life of the connection, not per request.
   */
  onTimeout(kind: number): void {
    if (kind !== TIMEOUT_IDLE) return this.#end('ReadTimeout')
    // It is quiet because we do not read: whoever takes the output is slow, but not stuck.
    if (this.#pauses > 0 && !this.#isFull) return this.#armTimeout()
    const { response, idle } = this.#plan.timeouts
    const watched = this.#watched
    if (watched !== null && !this.#isFull && (watched.isAnswering?.() || watched.isAsking?.())) {
      // A response that has begun has its own time, and so has a client with its request.
      return this.#armTimeout()
    }
    const { counters } = this.session.layout.runtime.sockets.reactor
    if (watched === null || watched.isBusy()) {
      // The time was over for an idle connection, which has got a request meanwhile.
      if (watched?.hasJustAsked?.() === true) return this.#armTimeout()
      ;(counters[watched === null ? IDLE_TIMEOUTS : RESPONSE_TIMEOUTS] as number)++
      return this.#end('ReadTimeout')
    }
    this.#quietMs += response
    if (this.#quietMs < idle) return this.#armTimeout()
    this.#state = 'ended'
    this.#drop(false)
    this.next.process(new SessionEnd())
    this.#wake()
  }

  #armTimeout(): void {
    const { response, idle } = this.#plan.timeouts
    this.socket?.timeout(this.#watched === null ? idle : response, TIMEOUT_IDLE)
  }

  #hold(data: Data): void {
    if (this.#state === 'ended' || data.size === 0) return
    this.#pending ??= []
    this.#pending.push(data.own())
  }

  #balanceInput(): void {
    const state = this.#state
    const isConnecting = state === 'resolving' || state === 'connecting' || state === 'waiting'
    const value = isConnecting || (this.#isFull && state !== 'ended')
    if (this.#holdsInput === value) return
    this.#holdsInput = value
    if (value) this.previous?.pause()
    else this.previous?.resume()
  }

  #endInput(end: SessionEnd): void {
    if (this.#hasInputEnded) return
    this.#hasInputEnded = true
    if (end.error !== '') {
      const isTold = this.#state === 'ended'
      this.destroy()
      // A peer that has gone needs no answer; what went wrong in between is to be answered.
      if (!isTold && end.error !== 'ReadError') this.next.process(end)
    } else if (this.#state === 'idle') {
      // Nothing was ever sent, and nothing will come.
      this.#state = 'ended'
      this.next.process(new SessionEnd())
    } else if (this.#state === 'ended') this.#drop(false)
    else if (this.#state === 'open') this.socket?.end()
  }

  /** One address does not answer: the next one of the same name may. */
  #unreachable(errno: number): void {
    if (isShortage(errno)) {
      // It says nothing about the target, and another attempt would take what there is not.
      this.session.layout.runtime.sockets.onShortage(errno)
      return this.#end('OutOfResources')
    }
    const next = this.#addresses[++this.#tried]
    const target = next === undefined ? null : parseTarget(this.#target)
    if (next === undefined || target === null) this.#failed(errno)
    else this.#connect(target, next)
  }

  /** Others need not find out again which addresses of the name do not answer. */
  #prefer(): void {
    const address = this.#addresses[this.#tried]
    const host = parseTarget(this.#target)?.host
    if (address !== undefined && host !== undefined) preferAddress(host, address)
  }

  /** An attempt has failed: try again if that was asked for. */
  #failed(errno: number): void {
    const { retryCount, retryDelayMs } = this.#plan
    const error = errno === ETIMEDOUT ? 'ConnectionTimeout' : 'ConnectionRefused'
    this.observer?.failed(error)
    this.#unobserve()
    if (retryCount >= 0 && this.#attempts > retryCount) return this.#end(error)
    this.#state = 'waiting'
    this.#balanceInput()
    const life = this.#life
    this.#timer = setTimeout(() => {
      if (life !== this.#life || this.#state !== 'waiting') return
      this.#open()
      this.session.layout.runtime.sockets.settle()
    }, retryDelayMs)
  }

  #unobserve(): void {
    this.#place?.leave()
    this.observer?.end()
    this.observer = null
  }

  #end(error: SessionErrorCode): void {
    this.destroy()
    this.#balanceInput()
    this.next.process(new SessionEnd(error))
    this.#wake()
  }

  #drop(isAbort: boolean): void {
    if (this.#state !== 'connecting') this.#unobserve()
    const socket = this.socket
    if (socket === null) return
    this.socket = null
    if (socket.id < 0) return
    this.session.layout.runtime.sockets.detach(socket.id)
    if (isAbort) socket.abort()
    else socket.close()
  }
}

function policyOf(plan: ConnectPlan, reactor: Reactor): number {
  if (plan.policy < 0) {
    plan.policy = reactor.addPolicy({
      headTimeoutMs: RESPONSE_HEAD_MS,
      bodyTimeoutMs: plan.timeouts.progress,
      ...(plan.bufferLimit > 0 && { highWatermark: plan.bufferLimit }),
    })
  }
  return plan.policy
}
