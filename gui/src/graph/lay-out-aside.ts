import type { FlowGraph } from '../../../src/admin/gui/contract.ts'
import type { Direction, GraphLayout } from './layout.ts'

export interface LayoutRequest {
  readonly number: number
  readonly graph: FlowGraph
  readonly direction: Direction
}

export interface LayoutAnswer {
  readonly number: number
  readonly layout: GraphLayout
}

interface Waiting {
  readonly resolve: (layout: GraphLayout) => void
  readonly reject: (error: Error) => void
}

const waiting = new Map<number, Waiting>()
let worker: Worker | undefined
let last = 0

/** Lays a graph out on another thread, one after the other. */
export function layOutAside(graph: FlowGraph, direction: Direction): Promise<GraphLayout> {
  worker ??= startWorker()
  const request: LayoutRequest = { number: ++last, graph, direction }
  worker.postMessage(request)
  return new Promise((resolve, reject) => {
    waiting.set(request.number, { resolve, reject })
  })
}

function startWorker(): Worker {
  const started = new Worker(new URL('./layout-worker.ts', import.meta.url), { type: 'module' })
  started.addEventListener('message', ({ data }: MessageEvent<LayoutAnswer>) => {
    waiting.get(data.number)?.resolve(data.layout)
    waiting.delete(data.number)
  })
  started.addEventListener('error', ({ message }) => {
    started.terminate()
    worker = undefined
    for (const { reject } of waiting.values()) {
      reject(new Error(`The graph cannot be drawn: ${message || 'its layout did not load'}`))
    }
    waiting.clear()
  })
  return started
}
