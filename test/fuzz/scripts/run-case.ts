/** Plays a random case and looks whether what every script relies on holds. */
import { Data } from '../../../src/engine/data.ts'
import {
  type Event,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  MessageStart,
  SESSION_END,
  SessionEnd,
} from '../../../src/engine/event.ts'
import type { Sink, Source } from '../../../src/engine/filter.ts'
import type { Session } from '../../../src/engine/session.ts'
import { FRAMER_DUBBO } from '../../../src/native/protocol.ts'
import { place } from '../../../src/net/socket.ts'
import { patience } from '../../support/patience.ts'
import { describe, TestProgram } from '../../unit/filters/support/run.ts'
import { Calls } from './acts.ts'
import { MODULE } from './arguments.ts'
import { addPipelines, type Case, isRepeatable, isShared, isTimed, specOf } from './case.ts'
import type { Step } from './steps.ts'
import { Valves } from './valve.ts'

/** Direct framers take slab ranges up to one chunk. */
const PIECE_BYTES = 16 * 1024
const PATIENCE_MS = patience(10_000)
/** Input, output, and what TypeScript writes: each keeps the chunk that it cuts from. */
const AREAS = 3

/** Resolves when a case holds; rejects with all that does not. */
export async function runCase(one: Case): Promise<void> {
  const calls = new Calls()
  const valves = new Valves()
  const program = new TestProgram(specOf(one, calls, valves), {
    [MODULE]: (builder) => addPipelines(builder, one.side, calls, valves),
  })
  const framer = firstFreeFramer(program)

  const play = async (steps: readonly Step[]): Promise<Play> => {
    calls.reset()
    const play = new Play(program, one)
    for (const step of steps) play.do(step, valves)
    if (isTimed(one)) await turns(10)
    await play.end()
    return play
  }
  const first = await play(one.steps)
  const second = await play(one.otherSteps)
  const third = await play(one.steps)
  const broken = [first, second, third].flatMap(({ broken }) => broken)
  if (isRepeatable(one)) {
    const [once, again] = [timeless(first), timeless(third)]
    if (once !== again) broken.push(`a recycled session gave\n${again}\nand the fresh one\n${once}`)
  }
  if (isTimed(one)) await until(() => program.reactor.stats().connections === 0)
  broken.push(...leftovers(program, isShared(one) ? null : framer))
  if (broken.length > 0) throw new Error(broken.join('\n'))
}

/** What came out, without the `Date` of responses of ours: a second may begin between two plays. */
function timeless({ output }: Play): string {
  return output.join('\n').replaceAll(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, '…')
}

/** What sessions left behind outside of themselves; everybody's chunks count, of earlier cases too. */
function leftovers(program: TestProgram, framer: number | null): string[] {
  program.settle()
  const { chunks } = program.reactor.stats()
  const found: string[] = []
  if (chunks > AREAS) found.push(`${chunks} chunks of the slab are in use`)
  if (framer !== null && firstFreeFramer(program) > framer)
    found.push('a direct framer was left behind')
  const { active } = program.layout()
  if (active > 0) found.push(`${active} sessions were left behind`)
  return found
}

/** The lowest number of a framer that is free. */
function firstFreeFramer({ reactor }: TestProgram): number {
  const framer = reactor.framerCreate(FRAMER_DUBBO, false)
  reactor.framerFree(framer)
  return framer
}

/** One life of a session: feeds it, and checks what comes out as it comes. */
class Play implements Source, Sink {
  readonly output: string[] = []
  readonly broken: string[] = []
  readonly #program: TestProgram
  readonly #case: Case
  readonly #session: Session
  /** Pauses asked of the source, and asked by the sink. */
  #sourcePauses = 0
  #sinkPauses = 0
  #isInMessage = false
  #hasEnded = false
  #isOver = false

  constructor(program: TestProgram, one: Case) {
    this.#program = program
    this.#case = one
    const context = program.runtime.createContext(null)
    this.#session = program.layout().spawn(context, this, this)
  }

  do(step: Step, valves: Valves): void {
    try {
      this.#do(step, valves)
    } catch (error) {
      const { message, stack } = error as Error
      this.broken.push(`${step.do} let an exception out: ${message}\n${stack}`)
    }
  }

  /** Lets go of the session. */
  async end(): Promise<void> {
    this.#session.free()
    try {
      this.#program.settle()
    } catch (error) {
      this.broken.push(`recycling let an exception out: ${(error as Error).stack}`)
    }
    this.#isOver = true
    if (this.#sourcePauses !== 0) this.broken.push(`source left with ${this.#sourcePauses} pauses`)
  }

  pause(): void {
    this.#sourcePauses++
    if (this.#sourcePauses > 1) this.broken.push('a source was paused twice')
  }

  resume(): void {
    this.#sourcePauses--
    if (this.#sourcePauses < 0) this.broken.push('a source was resumed too often')
  }

  process(event: Event): void {
    const line = describe(event)
    if (this.#isOver) this.broken.push(`${line} came out of a session that is over`)
    this.output.push(line)
    if (this.#hasEnded) this.broken.push(`${line} after SessionEnd`)
    if (this.#case.isTidy) this.#checkGrammar(event, line)
    if (event.kind === SESSION_END) {
      this.#hasEnded = true
      if (this.#case.isFreedAtEnd) this.#session.free()
    }
  }

  #checkGrammar(event: Event, line: string): void {
    switch (event.kind) {
      case MESSAGE_START:
        if (this.#isInMessage) this.broken.push(`${line} inside of a message`)
        this.#isInMessage = true
        break
      case MESSAGE_END:
        if (!this.#isInMessage) this.broken.push(`${line} outside of a message`)
        this.#isInMessage = false
        break
      case SESSION_END:
        if (this.#isInMessage && (event as SessionEnd).error === '') {
          this.broken.push('a good end inside of a message')
        }
        break
    }
  }

  #do(step: Step, valves: Valves): void {
    const session = this.#session
    switch (step.do) {
      case 'start':
        session.process(new MessageStart(copyOf(step.head)))
        break
      case 'data':
        for (const data of this.#dataOf(step.bytes, step.isBorrowed)) session.process(data)
        break
      case 'end':
        session.process(MESSAGE_ENDED)
        break
      case 'session end':
        session.process(new SessionEnd(step.error))
        break
      case 'settle':
        this.#program.settle()
        break
      case 'pause':
        if (!session.isLive) break
        this.#sinkPauses++
        session.pauseOutput()
        break
      case 'resume':
        if (this.#sinkPauses === 0 || !session.isLive) break
        this.#sinkPauses--
        session.resumeOutput()
        break
      case 'valve':
        valves.turn(step.turn)
        break
    }
  }

  *#dataOf(text: string, isBorrowed: boolean): Generator<Data> {
    const bytes = Buffer.from(text, 'latin1')
    if (!isBorrowed || bytes.length === 0) {
      yield Data.fromBytes(bytes)
      return
    }
    const { reactor } = this.#program
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES)
      yield Data.borrow(reactor, place(reactor, piece), piece.length)
    }
  }
}

/** Scripts may change a head; the case must stay what it was. */
function copyOf(head: unknown): object | null {
  return structuredClone(head) as object | null
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!isTrue() && performance.now() < deadline) await turns(1)
}
