import { Data } from '../../../../src/engine/data.ts'
import { defineFilter } from '../../../../src/engine/definition.ts'
import { DATA, type Event, SESSION_END } from '../../../../src/engine/event.ts'
import { Filter } from '../../../../src/engine/filter.ts'
import type { Builder } from '../../../../src/program/configuration.ts'
import { describeFrame, parseFrames } from '../../../support/dubbo-frames.ts'

/** Stands where `connect` does: keeps the bytes that come in, puts out those the test gives it. */
export class DubboWire extends Filter {
  pauses = 0
  hasEnded = false
  isReset = false
  #bytes: Buffer[] = []
  readonly #started: DubboWire[]

  constructor(started: DubboWire[]) {
    super()
    this.#started = started
  }

  override start(): void {
    this.pauses = 0
    this.hasEnded = false
    this.isReset = false
    this.#bytes = []
    this.#started.push(this)
  }

  process(event: Event): void {
    if (event.kind === DATA) this.#bytes.push(Buffer.from(event.toBytes()))
    else if (event.kind === SESSION_END) this.hasEnded = true
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

  /** Whole messages that came in since the last call. */
  take(): string[] {
    return parseFrames(Buffer.concat(this.#bytes.splice(0))).map(describeFrame)
  }

  emit(...outputs: (Buffer | Event)[]): this {
    for (const output of outputs) {
      if (Buffer.isBuffer(output)) this.next.process(Data.fromBytes(output))
      else this.next.process(output)
    }
    return this
  }
}

/** The wires of a pipeline, in the order in which its sessions began. */
export class DubboWires {
  readonly all: DubboWire[] = []
  readonly #definition = defineFilter({
    name: 'wire',
    description: 'The connection of a pipeline under test',
    parameters: [],
    plan: () => () => new DubboWire(this.all),
  })

  /** Appends `encodeDubbo`, a wire and `decodeDubbo` to the pipeline opened last. */
  append(pipeline: Builder): Builder {
    const encoded = pipeline.encodeDubbo()
    return (encoded.append(this.#definition, []) as Builder).decodeDubbo()
  }

  get(index: number): DubboWire {
    const wire = this.all[index]
    if (wire === undefined) throw new Error(`session ${index} has not begun`)
    return wire
  }
}
