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

/** A few lines can make more: where each pipeline leads to another one twice, it doubles. */
const MAX_NODES = 10_000
/** Pipelines within pipelines. */
const MAX_DEPTH = 100
/** Stands where the rest is left out. */
const REST = '…'

/**
 * Draws the pipelines of one module: those that start by themselves, and named ones that no filter
 * of the module leads to. A pipeline is repeated wherever a filter leads to it, as long as there are
 * not too many.
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
  /** From a root to what is being drawn. */
  readonly #path = new Set<PipelineSketch>()

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
    const roots: number[] = []
    const titles: string[] = []
    for (const pipeline of [...starting.sort(byName), ...named.sort(byName)]) {
      const { name, title } = this.#isFull ? { name: REST, title: REST } : pipeline
      const root = this.#add('root', name)
      roots.push(root)
      titles.push(title)
      if (this.#isFull) break
      this.#addStages(root, pipeline)
    }
    return { path, graph: { roots, nodes: this.#nodes }, titles }
  }

  get #isFull(): boolean {
    return this.#nodes.length >= MAX_NODES
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

  #addStages(parent: number, pipeline: PipelineSketch): void {
    this.#path.add(pipeline)
    for (const stage of pipeline.stages) {
      if (this.#isFull) {
        this.#add('filter', REST, parent)
        break
      }
      const targets = targetsOf(stage.name, stage.args)
      const type = targets.length === 0 ? 'filter' : stage.name === 'fork' ? 'fork' : 'link'
      const filter = this.#add(type, nameOf(stage), parent)
      for (const name of targets) {
        this.#addTarget(filter, name)
        if (this.#isFull) break
      }
    }
    this.#path.delete(pipeline)
  }

  #addTarget(parent: number, name: string): void {
    const pipeline = this.#named.get(name)
    if (pipeline === undefined) this.#add('pipeline', `pipeline not found: ${name}`, parent)
    else if (this.#path.has(pipeline)) this.#add('pipeline', `recursive pipeline: ${name}`, parent)
    else if (this.#isFull || this.#path.size >= MAX_DEPTH) this.#add('pipeline', REST, parent)
    else this.#addStages(this.#add('pipeline', name, parent), pipeline)
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
