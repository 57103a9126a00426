import { effect, signal } from '@preact/signals'
import type { FlowFilter, FlowGraph, FlowPipeline } from '../../../src/admin/gui/contract.ts'
import { flowOfProgram } from '../api/program-api.ts'
import { attempt } from './notices.ts'
import { program } from './program.ts'

/** The graph of the running program; null while none runs. */
export const programFlow = signal<FlowGraph | null>(null)

/** Id of the pipeline or filter that the user looks at. */
export const selectedId = signal<string | null>(null)

/** Which start of a program the graph is of: a server that is started again counts from 1 again. */
let known = ''

/** Has the graph follow the program. */
export function followProgram(): void {
  effect(() => {
    const now = program.value
    if (now?.state !== 'running') {
      known = ''
      programFlow.value = null
      return
    }
    const start = `${now.startedAt} ${now.generation}`
    if (start === known) return
    known = start
    void attempt(async () => {
      const graph = await flowOfProgram()
      if (start === known) programFlow.value = graph
    })
  })
}

/** Has the graph read again when the server tells next what runs. */
export function forgetProgramFlow(): void {
  known = ''
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
