import { checkString } from '../engine/arguments.ts'
import type { Context } from '../engine/context.ts'
import { defineFilter, evaluate } from '../engine/definition.ts'
import { type Event, SESSION_END } from '../engine/event.ts'
import type { Layout } from '../engine/layout.ts'
import { SubSession } from './sub-session.ts'

type UseArguments = [module: string, pipeline: string, ...argv: unknown[]]

/** `use(module, pipeline, ...argv)`: goes on in a pipeline of another module. */
export const use = defineFilter({
  name: 'use',
  description: 'Sends events to a pipeline in a different module',
  parameters: [
    { name: 'module', type: 'string', doc: 'Path of the module, relative to the root script' },
    { name: 'pipeline', type: 'string', doc: 'Name of the pipeline in that module' },
    {
      name: 'argv',
      type: 'unknown',
      doc: 'What the module sees as `__argv`: values, or one list, or one function returning it',
      isOptional: true,
      isRest: true,
    },
  ],
  reference: (args: UseArguments) => ({ module: args[0], pipeline: args[1] }),
  plan: (...[module, pipeline, ...argv]: UseArguments) => {
    checkString(module, 1)
    checkString(pipeline, 2)
    return (layout) => new Use(layout, module, pipeline, argv)
  },
})

class Use extends SubSession {
  readonly #layout: Layout
  readonly #module: string
  readonly #pipeline: string
  readonly #argv: readonly unknown[]
  #hasEnded = false

  constructor(layout: Layout, module: string, pipeline: string, argv: readonly unknown[]) {
    super()
    this.#layout = layout
    this.#module = module
    this.#pipeline = pipeline
    this.#argv = argv
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    if (event.kind === SESSION_END) this.#hasEnded = true
    const target = this.target ?? this.#open()
    target?.process(event)
  }

  override reset(): void {
    super.reset()
    this.#hasEnded = false
  }

  #open(): ReturnType<Use['enter']> | null {
    const { runtime } = this.#layout
    const { context } = this.session
    const index = runtime.findModule(this.#module)
    const layout = runtime.findLayout(index, this.#pipeline)
    try {
      if (index < 0) throw new Error(`module not found: ${this.#module}`)
      if (layout === undefined) throw new Error(`pipeline not found: ${this.#pipeline}`)
      const argv = givenArguments(context, this.#argv)
      if (argv !== undefined) runtime.setArguments(context, index, argv)
      return this.enter(layout)
    } catch (error) {
      this.#hasEnded = true
      this.fail(error)
      return null
    }
  }
}

/** What becomes `__argv`: several values as they are; of one, a list or what its function returns. */
function givenArguments(context: Context, argv: readonly unknown[]): unknown[] | undefined {
  if (argv.length > 1) return [...argv]
  const [only] = argv
  if (typeof only !== 'function') return Array.isArray(only) ? only : undefined
  const value: unknown = evaluate(context, only as () => unknown)
  return Array.isArray(value) ? value : [value]
}
