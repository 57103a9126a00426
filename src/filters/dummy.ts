import { defineFilter } from '../engine/definition.ts'
import { Filter } from '../engine/filter.ts'

/** `dummy()`: nothing comes out. */
export const dummy = defineFilter({
  name: 'dummy',
  description: 'Eats up all events',
  parameters: [],
  plan: () => () => new Dummy(),
})

class Dummy extends Filter {
  process(): void {}
}
