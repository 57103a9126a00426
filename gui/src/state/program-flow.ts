import { effect, signal } from '@preact/signals'
import type { FlowFilter, FlowGraph, FlowPipeline } from '../../../src/admin/gui/contract.ts'
import { flowOfProgram } from '../api/program-api.ts'
import { attempt } from './notices.ts'
import { program } from './program.ts'

/** The graph of the running program; null while none runs. */
export const programFlow = signal<FlowGraph | null>(null)

/** Id of the pipeline or filter that the user looks at. */
export const selectedId = signal<string | null>(null)

/** Has the graph follow the program. */
export function followProgram(): void {
  let generation = 0
  effect(() => {
    const now = program.value
    if (now?.state !== 'running') {
      generation = 0
      programFlow.value = null
      return
    }
    if (now.generation === generation) return
    generation = now.generation
    void attempt(async () => {
      programFlow.value = await flowOfProgram()
    })
  })
}

/** A place in a graph: a pipeline, and one of its filters where that is what was chosen. */
export interface Selection {
  readonly modulePath: string
  readonly pipeline: FlowPipeline
  readonly filter?: FlowFilter
}

export function findInFlow(graph: FlowGraph | null, id: string | null): Selection | undefined {
  for (const { path: modulePath, pipelines } of graph?.modules ?? []) {
    for (const pipeline of pipelines) {
      if (pipeline.id === id) return { modulePath, pipeline }
      const filter = pipeline.filters.find((one) => one.id === id)
      if (filter !== undefined) return { modulePath, pipeline, filter }
    }
  }
  return undefined
}
