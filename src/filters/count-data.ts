import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import { DATA, type Event } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'

/** Internal: adds the sizes of all `Data` to a number in the memory of metrics. */
export const countData = defineFilter({
  name: 'countData',
  description: 'Counts bytes',
  parameters: [
    { name: 'numbers', type: 'object', doc: 'The memory' },
    { name: 'at', type: 'number', doc: 'Index of the number' },
  ],
  plan: (numbers: Float64Array, at: number) => () => new CountData(numbers, at),
})

class CountData extends Filter {
  readonly #numbers: Float64Array
  readonly #at: number

  constructor(numbers: Float64Array, at: number) {
    super()
    this.#numbers = numbers
    this.#at = at
  }

  process(event: Event): void {
    if (event.kind === DATA) {
      this.#numbers[this.#at] = (this.#numbers[this.#at] as number) + (event as Data).size
    }
    this.next.process(event)
  }
}
