import type { Configuration } from './configuration.ts'
import { referenceOf, targetsOf } from './flow/flow.ts'
import type { PipelineSketch, StageSketch } from './flow/sketch.ts'
import { sketchConfiguration } from './flow/sketch-configuration.ts'

/**
 * What a node stands for: a pipeline that starts by itself, one that a filter leads to, a filter, a
 * filter whose pipelines join back (`link`), or one whose pipelines do not (`fork`).
 */
export type GraphNodeType = 'root' | 'pipeline' | 'filter' | 'link' | 'fork'

/** One box of a flow graph; `p` and `c` are the indexes of its parent and its children. */
export interface GraphNode {
  name: string
  t: GraphNodeType
  p?: number
  c?: number[]
}

/** The flow graph of one module, in the form that the web UI draws. */
export interface Graph {
  roots: number[]
  nodes: GraphNode[]
}

/** The flow graph of a module with its path. */
export interface ModuleGraph {
  path: string
  graph: Graph
  /** What each of the roots does, in words. */
  titles: string[]
}

/**
 * Draws the pipelines of one module: those that start by themselves, and named ones that no filter
 * of the module leads to. A pipeline is repeated wherever a filter leads to it.
 */
export function buildGraph(configuration: Configuration): Graph {
  return drawGraph('', sketchConfiguration(configuration)).graph
}

/** The same of pipelines that may only be known from a text, with titles for people. */
export function drawGraph(path: string, pipelines: readonly PipelineSketch[]): ModuleGraph {
  return new GraphBuilder(pipelines).build(path)
}

class GraphBuilder {
  readonly #pipelines: readonly PipelineSketch[]
  readonly #named = new Map<string, PipelineSketch>()
  readonly #nodes: GraphNode[] = []

  constructor(pipelines: readonly PipelineSketch[]) {
    this.#pipelines = pipelines
    for (const one of pipelines) if (one.kind === 'pipeline') this.#named.set(one.name, one)
  }

  build(path: string): ModuleGraph {
    const referred = new Set(this.#pipelines.flatMap(({ targets }) => targets))
    const starting = this.#pipelines.filter(({ kind }) => kind !== 'pipeline')
    const named = this.#pipelines.filter(({ kind, name }) => {
      return kind === 'pipeline' && !referred.has(name)
    })
    const sorted = [...starting.sort(byName), ...named.sort(byName)]
    const roots = sorted.map((pipeline) => {
      const root = this.#add('root', pipeline.name)
      this.#addStages(root, pipeline, [pipeline])
      return root
    })
    const titles = sorted.map(({ title }) => title)
    return { path, graph: { roots, nodes: this.#nodes }, titles }
  }

  #add(type: GraphNodeType, name: string, parent?: number): number {
    const index = this.#nodes.length
    this.#nodes.push({ name, t: type, ...(parent !== undefined && { p: parent }) })
    const above = parent === undefined ? undefined : this.#nodes[parent]
    if (above !== undefined) {
      above.c ??= []
      above.c.push(index)
    }
    return index
  }

  #addStages(parent: number, { stages }: PipelineSketch, path: readonly PipelineSketch[]): void {
    for (const stage of stages) {
      const targets = targetsOf(stage.name, stage.args)
      const type = targets.length === 0 ? 'filter' : stage.name === 'fork' ? 'fork' : 'link'
      const filter = this.#add(type, nameOf(stage), parent)
      for (const name of targets) this.#addTarget(filter, name, path)
    }
  }

  #addTarget(parent: number, name: string, path: readonly PipelineSketch[]): void {
    const pipeline = this.#named.get(name)
    if (pipeline === undefined) this.#add('pipeline', `pipeline not found: ${name}`, parent)
    else if (path.includes(pipeline)) this.#add('pipeline', `recursive pipeline: ${name}`, parent)
    else this.#addStages(this.#add('pipeline', name, parent), pipeline, [...path, pipeline])
  }
}

/** A filter's name, with where it leads to when that is in another module. */
function nameOf({ name, args }: StageSketch): string {
  const reference = referenceOf(name, args)
  return reference === undefined ? name : `${name} ${reference.module} [${reference.pipeline}]`
}

function byName({ name: one }: PipelineSketch, { name: other }: PipelineSketch): number {
  return one < other ? -1 : one > other ? 1 : 0
}
