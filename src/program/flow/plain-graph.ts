import { drawGraph, type Graph } from '../graph.ts'
import type { PipelineSketch } from './sketch.ts'

/** The graph of a script's text in the form and with the names of Pipy's UI. */
export function plainGraph(pipelines: readonly PipelineSketch[]): Graph {
  const named = pipelines.map((one) => ({ ...one, name: plainName(one) }))
  return drawGraph('', named).graph
}

/** `Listen 0.0.0.0:6080`, `Task every 1s`; what only running the script tells has a number. */
function plainName({ kind, name, title }: PipelineSketch): string {
  switch (kind) {
    case 'listen':
      return name.startsWith('Listen #') ? name : `Listen ${name}`
    case 'task':
      return title.replace(/^Task #\d+ \(every (.*)\)$/, 'Task every $1')
    case 'pipeline':
      return name
  }
}
