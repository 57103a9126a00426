import { defineFilter } from '../../../../src/engine/definition.ts'
import type { Event } from '../../../../src/engine/event.ts'
import { Filter } from '../../../../src/engine/filter.ts'
import { Message } from '../../../../src/engine/message.ts'
import type { Builder } from '../../../../src/program/configuration.ts'
import { describe } from './run.ts'

/** The far end of a pipeline under test: keeps what comes in, puts out what the test tells it. */
export class Gate extends Filter {
  readonly input: string[] = []
  /** Pauses asked of it and not taken back. */
  pauses = 0
  isReset = false
  readonly #started: Gate[]

  constructor(started: Gate[]) {
    super()
    this.#started = started
  }

  override start(): void {
    this.input.length = 0
    this.pauses = 0
    this.isReset = false
    this.#started.push(this)
  }

  process(event: Event): void {
    this.input.push(describe(event))
  }

  override pause(): void {
    this.pauses++
  }

  override resume(): void {
    this.pauses--
  }

  override reset(): void {
    this.isReset = true
  }

  /** Puts events out. */
  emit(...outputs: (Event | Message)[]): this {
    for (const output of outputs) {
      if (output instanceof Message) output.emitTo((event) => this.next.process(event))
      else this.next.process(output)
    }
    return this
  }

  /** Takes what came in since the last call. */
  take(): string[] {
    return this.input.splice(0)
  }
}

/** Gates in the order in which their sessions began. */
export class Gates {
  readonly all: Gate[] = []
  readonly #definition = defineFilter({
    name: 'gate',
    description: 'The far end of a pipeline under test',
    parameters: [],
    plan: () => () => new Gate(this.all),
  })

  /** Appends a gate to the pipeline opened last. */
  append(pipeline: Builder): Builder {
    return pipeline.append(this.#definition, []) as Builder
  }

  get(index: number): Gate {
    const gate = this.all[index]
    if (gate === undefined) throw new Error(`session ${index} has not begun`)
    return gate
  }
}
