import { checkOptionalObject, checkString } from '../engine/arguments.ts'
import { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import type { Sink } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { BatchListener } from '../engine/runtime.ts'
import type { Session } from '../engine/session.ts'
import type { Encoding } from './compress/accepted-encoding.ts'
import {
  type CompressionOptions,
  CompressionPolicy,
  hasWholeBody,
} from './compress/compression-policy.ts'
import { Compressor, type CompressorOwner, hasCompressor } from './compress/compressor.ts'
import { tellEncoding, tellVariance } from './compress/encoded-head.ts'
import { own } from './events/own.ts'
import { changeable } from './http/header-changes.ts'
import { bodySizeOf } from './http/sized-head.ts'
import { statusOf } from './http/status-of.ts'
import { RequestView } from './route/request-view.ts'
import { SubSession } from './sub-session.ts'

/** `compressResponse(target, options?)`: what a pipeline answers goes out compressed. */
export const compressResponse = defineFilter({
  name: 'compressResponse',
  description: 'Compresses what a pipeline answers to HTTP requests, for clients that accept it',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline that answers' },
    {
      name: 'options',
      type: 'CompressionOptions',
      doc: 'types, minimumSize, algorithms, level',
      isOptional: true,
    },
  ],
  targets: (args: [target: string, options?: CompressionOptions | null]) => [args[0]],
  plan: (target: string, options?: CompressionOptions | null) => {
    checkString(target, 1)
    const policy = new CompressionPolicy(checkOptionalObject(options, 2) ?? {})
    const view = new RequestView()
    return (layout) => new CompressResponse({ layout, target, policy, view })
  },
})

interface Place {
  readonly layout: Layout
  readonly target: string
  readonly policy: CompressionPolicy
  readonly view: RequestView
}

/** Requests of one session that wait for their answers; beyond, which is for whom is not known. */
const REQUEST_LIMIT = 4096

/**
 * Requests pass to the target; what of its answers is to be compressed does not pass back at once.
 *
 *     Passing -> Compressing     an answer that is long enough begins
 *     Passing -> Deciding        the same, but nobody knows how long it is
 *     Deciding -> Passing        it is complete and too short
 *     Deciding -> Compressing    it is long enough, or the batch is over before it is complete
 *     Compressing -> Finishing   all of it has come in
 *     Finishing -> Passing       all of it has gone out
 */
type State = 'passing' | 'deciding' | 'compressing' | 'finishing'

class CompressResponse extends SubSession implements CompressorOwner, BatchListener {
  readonly #place: Place
  readonly #answers: Sink = { process: (event) => this.#receive(event) }
  #state: State = 'passing'
  /** What the answers to the requests so far may be encoded with, in their order. */
  #encodings: (Encoding | 'identity')[] = []
  #hasLostCount = false
  #encoding: Encoding = 'gzip'
  #compressor: Compressor | null = null
  /** Deciding: the answer so far. Finishing: its end, and what has come behind it. */
  #held: Event[] = []
  #heldSize = 0
  /** The target is held up because the compressor is full, or because of what has come behind. */
  #holdsTarget = false
  #pauseCount = 0
  #hasInputEnded = false
  #hasEnded = false

  constructor(place: Place) {
    super()
    this.#place = place
  }

  process(event: Event): void {
    if (this.#hasInputEnded) return
    const target = this.target ?? this.#open()
    if (event.kind === SESSION_END) this.#hasInputEnded = true
    else if (event.kind === MESSAGE_START) {
      const { policy, view } = this.#place
      this.#remember(policy.encodingFor(view.look(event as MessageStart)))
    }
    target?.process(event)
  }

  override pause(): void {
    this.#pauseCount++
    this.#compressor?.pause()
    super.pause()
  }

  override resume(): void {
    this.#pauseCount--
    if (this.#pauseCount === 0) this.#compressor?.resume()
    super.resume()
  }

  override reset(): void {
    super.reset()
    this.#compressor?.destroy()
    this.#compressor = null
    this.#state = 'passing'
    this.#encodings = []
    this.#hasLostCount = false
    this.#held = []
    this.#heldSize = 0
    this.#holdsTarget = false
    this.#pauseCount = 0
    this.#hasInputEnded = false
    this.#hasEnded = false
  }

  batchEnded(): void {
    if (this.#state === 'deciding') this.#compress(-1)
  }

  onOutput(bytes: Buffer): void {
    this.#emit(Data.fromBytes(bytes))
  }

  onDrained(): void {
    this.#letTargetGo()
  }

  onFinished(): void {
    this.#compressor = null
    this.#state = 'passing'
    const held = this.#held
    this.#held = []
    // Of several answers, the next one may have to be compressed as well.
    for (const event of held) this.#receive(event)
    if (this.#hasRoom()) this.#letTargetGo()
  }

  onError(error: Error): void {
    this.#compressor = null
    this.#finish(new SessionEnd('RuntimeError'))
    this.session.context.runtime.log.error(`[compressResponse] ${error.message}`)
  }

  settle(): void {
    this.#place.layout.runtime.sockets.settle()
  }

  #open(): Session | null {
    const { layout, target } = this.#place
    const found = layout.runtime.findLayout(layout.module, target)
    if (found !== undefined) return this.enter(found, this.#answers)
    this.#hasInputEnded = true
    layout.runtime.log.error(`[compressResponse] pipeline not found: ${target}`)
    this.end('RuntimeError')
    return null
  }

  #remember(encoding: Encoding | 'identity'): void {
    if (this.#encodings.length >= REQUEST_LIMIT) {
      this.#hasLostCount = true
      this.#encodings = []
    }
    if (!this.#hasLostCount) this.#encodings.push(encoding)
  }

  /** Takes what the target puts out. */
  #receive(event: Event): void {
    if (this.#hasEnded) return
    switch (this.#state) {
      case 'passing':
        // Passing -> Deciding | Compressing
        if (event.kind === MESSAGE_START) this.#begin(event as MessageStart)
        else if (event.kind === SESSION_END) this.#finish(event as SessionEnd)
        else this.#emit(event)
        break
      case 'deciding':
        this.#decide(event)
        break
      case 'compressing':
        // Compressing -> Finishing | Passing
        if (event.kind === DATA) this.#write(event as Data)
        else if (event.kind === MESSAGE_END) {
          this.#state = 'finishing'
          this.#held.push(event)
          this.#compressor?.end()
        } else if (event.kind === SESSION_END) this.#finish(event as SessionEnd)
        break
      case 'finishing':
        this.#held.push(own(event))
        this.#holdTarget()
        break
    }
  }

  #begin(start: MessageStart): void {
    const { wire } = start
    const { policy } = this.#place
    if (start.failure !== '' || wire?.opensTunnel === true) {
      this.#encodings.shift()
      return this.#emit(start)
    }
    const encoding = this.#encodings.shift() ?? 'identity'
    const size = bodySizeOf(start)
    const isWhole = hasWholeBody(statusOf(start))
    const isShort = isWhole && size >= 0 && size < policy.minimumSize
    if (isShort || start.isBodyChanged || !policy.suits(start)) return this.#emit(start)
    const answer = changeable(start)
    if (encoding === 'identity' || !isWhole || !hasCompressor()) {
      tellVariance(answer)
      return this.#emit(answer)
    }
    this.#encoding = encoding
    this.#held.push(answer)
    if (size >= 0) return this.#compress(size)
    this.#state = 'deciding'
    this.session.context.runtime.atBatchEnd(this)
  }

  /** Deciding -> Passing | Compressing */
  #decide(event: Event): void {
    if (event.kind === DATA) {
      this.#held.push(event)
      this.#heldSize += (event as Data).size
      if (this.#heldSize >= this.#place.policy.minimumSize) this.#compress(-1)
      return
    }
    if (event.kind !== MESSAGE_END && event.kind !== SESSION_END) return
    this.#state = 'passing'
    const held = this.#takeHeld()
    tellVariance(held[0] as MessageStart)
    for (const one of held) this.#emit(one)
    this.#receive(event)
  }

  /** The answer that is held begins to go out; `size` is -1 if its length is not known. */
  #compress(size: number): void {
    const [start, ...body] = this.#takeHeld()
    const { level } = this.#place.policy
    this.#state = 'compressing'
    this.#compressor = new Compressor({ encoding: this.#encoding, level, size }, this)
    if (this.#pauseCount > 0) this.#compressor.pause()
    tellEncoding(start as MessageStart, this.#encoding)
    this.#emit(start as MessageStart)
    for (const data of body) this.#write(data as Data)
  }

  #write(data: Data): void {
    if (data.size === 0) return
    // Another thread reads the bytes when the batch is long over.
    if (this.#compressor?.write(data.own().toBytes()) === false) this.#holdTarget()
  }

  /** Whether what the target puts out next has where to go. */
  #hasRoom(): boolean {
    return this.#state !== 'finishing' && this.#compressor?.isFull !== true
  }

  #takeHeld(): Event[] {
    const held = this.#held
    this.#held = []
    this.#heldSize = 0
    return held
  }

  #finish(end: SessionEnd): void {
    this.#hasEnded = true
    this.#compressor?.destroy()
    this.#compressor = null
    this.#emit(end)
  }

  #emit(event: Event): void {
    this.next.process(event)
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  #holdTarget(): void {
    if (this.#holdsTarget) return
    this.#holdsTarget = true
    this.target?.pauseOutput()
  }

  #letTargetGo(): void {
    if (!this.#holdsTarget) return
    this.#holdsTarget = false
    this.target?.resumeOutput()
  }
}
