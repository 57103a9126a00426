import { defineFilter, type FilterDefinition } from '../../../src/engine/definition.ts'
import type { Event } from '../../../src/engine/event.ts'
import { Filter } from '../../../src/engine/filter.ts'
import { own } from '../../../src/filters/events/own.ts'

/** Valves that are part of a running session, oldest first. */
export class Valves {
  readonly #running: Valve[] = []
  readonly definition: FilterDefinition<[]> = defineFilter({
    name: 'valve',
    description: 'Holds events until it is turned',
    parameters: [],
    plan: () => () => new Valve(this.#running),
  })

  /** Turns one of the valves. */
  turn(turn: number): void {
    const { length } = this.#running
    if (length > 0) this.#running[(turn >> 2) % length]?.turn(turn & 3)
  }
}

/** Stands for whatever answers later: a connection, a process, a timer. */
class Valve extends Filter {
  readonly #running: Valve[]
  #held: Event[] = []
  #isHoldingUp = false

  constructor(running: Valve[]) {
    super()
    this.#running = running
  }

  override start(): void {
    this.#running.push(this)
  }

  process(event: Event): void {
    this.#held.push(own(event))
  }

  override reset(): void {
    const at = this.#running.indexOf(this)
    if (at >= 0) this.#running.splice(at, 1)
    this.#held = []
    this.#isHoldingUp = false
  }

  turn(turn: number): void {
    switch (turn) {
      case 0: {
        const event = this.#held.shift()
        if (event !== undefined) this.next.process(event)
        break
      }
      case 1:
        for (const event of this.#held.splice(0)) this.next.process(event)
        break
      case 2:
        if (!this.#isHoldingUp) this.previous?.pause()
        this.#isHoldingUp = true
        break
      default:
        if (this.#isHoldingUp) this.previous?.resume()
        this.#isHoldingUp = false
    }
  }
}
