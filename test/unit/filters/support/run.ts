import { after } from 'node:test'
import type { Context } from '../../../../src/engine/context.ts'
import { Data } from '../../../../src/engine/data.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_ENDED,
  MESSAGE_START,
  type MessageEnd,
  MessageStart,
  SESSION_END,
  type SessionEnd,
} from '../../../../src/engine/event.ts'
import type { Sink, Source } from '../../../../src/engine/filter.ts'
import type { Layout } from '../../../../src/engine/layout.ts'
import { Message } from '../../../../src/engine/message.ts'
import { Runtime, type RuntimeLog } from '../../../../src/engine/runtime.ts'
import type { Session } from '../../../../src/engine/session.ts'
import { createReactor, type Reactor } from '../../../../src/native/reactor.ts'
import { Sockets } from '../../../../src/native/sockets.ts'
import { place } from '../../../../src/net/socket.ts'
import { buildModule } from '../../../../src/program/build.ts'
import { type Builder, pipy } from '../../../../src/program/configuration.ts'

/**
 * What a test feeds: an event, a whole message, or text, which becomes `Data` borrowed from the
 * slab as if it had just been received.
 */
export type Input = Event | Message | string

/** Appends the filters under test to a pipeline that is already open. */
export type Spec = (pipeline: Builder) => Builder

let reactor: Reactor | null = null

after(() => reactor?.close())

function sharedReactor(): Reactor {
  reactor ??= createReactor()
  return reactor
}

/** A program without listeners whose pipelines tests feed by hand. */
export class TestProgram {
  readonly runtime: Runtime
  readonly reactor: Reactor
  /** Everything logged, each line after its level. */
  readonly log: string[] = []

  /** `modules` are further modules by name; each spec of theirs opens its own pipelines. */
  constructor(spec: Spec, modules: Readonly<Record<string, Spec>> = {}) {
    const log = (level: string) => (line: string) => {
      this.log.push(`${level} ${line}`)
    }
    const sink: RuntimeLog = {
      debug: log('debug'),
      error: log('error'),
      warn: log('warn'),
      info: log('info'),
      raw: log('raw'),
    }
    this.reactor = sharedReactor()
    this.runtime = new Runtime(sink, new Sockets(this.reactor, () => this.runtime.endBatch()))
    buildModule(this.runtime, 0, spec(pipy().pipeline('main')))
    const names = Object.keys(modules)
    this.runtime.findModule = (name) => (names.includes(name) ? names.indexOf(name) + 1 : -1)
    for (const [index, module] of Object.values(modules).entries()) {
      buildModule(this.runtime, index + 1, module(pipy()))
    }
  }

  layout(name = 'main'): Layout {
    const layout = this.runtime.findLayout(0, name)
    if (layout === undefined) throw new Error(`no pipeline ${name}`)
    return layout
  }

  open(name = 'main', context: Context = this.runtime.createContext(null)): TestSession {
    return new TestSession(this, this.layout(name), context)
  }

  /** Ends the batch: ended sessions are recycled, borrowed bytes become invalid. */
  settle(): void {
    this.runtime.sockets.settle()
  }
}

/** One session between a source and a sink that keep a record. */
export class TestSession implements Source, Sink {
  readonly session: Session
  readonly context: Context
  /** Output so far, as `describe` writes it. */
  readonly output: string[] = []
  readonly events: Event[] = []
  /** Pauses asked of the source and not taken back. */
  pauses = 0
  readonly #program: TestProgram

  constructor(program: TestProgram, layout: Layout, context: Context) {
    this.#program = program
    this.context = context
    this.session = layout.spawn(context, this, this)
  }

  pause(): void {
    this.pauses++
  }

  resume(): void {
    this.pauses--
  }

  process(event: Event): void {
    this.events.push(event)
    this.output.push(describe(event))
  }

  /** Feeds events within one batch, without ending it. */
  push(...inputs: Input[]): this {
    for (const input of inputs) {
      if (input instanceof Message) input.emitTo((event) => this.session.process(event))
      else if (typeof input !== 'string') this.session.process(input)
      else for (const data of this.borrow(input)) this.session.process(data)
    }
    return this
  }

  /** Feeds events, then ends the batch. */
  feed(...inputs: Input[]): this {
    this.push(...inputs)
    this.#program.settle()
    return this
  }

  /** Gives the session back and ends the batch. */
  free(): void {
    this.session.free()
    this.#program.settle()
  }

  /** The output since the last call. */
  take(): string[] {
    this.events.length = 0
    return this.output.splice(0)
  }

  /** The bytes of all `Data` put out so far, as Latin-1 text, with the other events left out. */
  text(): string {
    return this.output
      .filter((line) => line.startsWith('Data '))
      .map((line) => JSON.parse(line.slice(5)) as string)
      .join('')
  }

  *borrow(text: string): Generator<Data> {
    const bytes = Buffer.from(text)
    const { reactor } = this.#program
    for (let at = 0; at < bytes.length; at += 16384) {
      const piece = bytes.subarray(at, at + 16384)
      yield Data.borrow(reactor, place(reactor, piece), piece.length)
    }
  }
}

/** Feeds one session of a pipeline with `events` in one batch and returns what came out. */
export function run(spec: Spec, events: readonly Input[]): string[] {
  return new TestProgram(spec).open().feed(...events).output
}

/** The same with a batch for each event. */
export function runApart(spec: Spec, events: readonly Input[]): string[] {
  const session = new TestProgram(spec).open()
  for (const event of events) session.feed(event)
  return session.output
}

/** An event in one line: what the tables of the tests are made of. */
export function describe(event: Event): string {
  switch (event.kind) {
    case DATA:
      return `Data ${JSON.stringify((event as Data).toString())}`
    case MESSAGE_START:
    case INTERIM: {
      const { head, failure } = event as MessageStart
      const name = event.kind === INTERIM ? 'Interim' : 'MessageStart'
      return [name, failure, head === null ? '' : JSON.stringify(head)].filter(Boolean).join(' ')
    }
    case SESSION_END: {
      const { error } = event as SessionEnd
      return error === '' ? 'SessionEnd' : `SessionEnd ${error}`
    }
    default: {
      const { trailers } = event as MessageEnd
      return trailers === '' ? 'MessageEnd' : `MessageEnd ${JSON.stringify(trailers)}`
    }
  }
}

/** `MessageStart` with a head. */
export function start(head: object | null = null): MessageStart {
  return new MessageStart(head)
}

/** `MessageEnd` without trailers. */
export const END: MessageEnd = MESSAGE_ENDED
