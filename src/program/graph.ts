import type { ModuleReference } from '../engine/definition.ts'
import type { Stage } from '../engine/layout.ts'
import { registry } from '../filters/index.ts'
import type { Configuration, Entry, PipelineRecipe } from './configuration.ts'
import { formatAddress } from './format-address.ts'

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
  return new GraphBuilder(configuration).build('', configuration.pipelines).graph
}

/** The same, with the module's name and with titles for people. */
export function buildModuleGraph(path: string, configuration: Configuration): ModuleGraph {
  return new GraphBuilder(configuration).build(path, configuration.pipelines)
}

/** A pipeline at which the drawing begins. */
interface Root {
  readonly name: string
  readonly title: string
  readonly recipe: PipelineRecipe
}

class GraphBuilder {
  readonly #named = new Map<string, PipelineRecipe>()
  readonly #nodes: GraphNode[] = []

  constructor({ pipelines }: Configuration) {
    for (const recipe of pipelines) {
      if (recipe.entry.kind === 'pipeline') this.#named.set(recipe.entry.name, recipe)
    }
  }

  build(path: string, pipelines: readonly PipelineRecipe[]): ModuleGraph {
    const referred = new Set(pipelines.flatMap(({ targets }) => targets))
    let tasks = 0
    const starting: Root[] = []
    const named: Root[] = []
    for (const recipe of pipelines) {
      const { entry } = recipe
      if (entry.kind !== 'pipeline') {
        if (entry.kind === 'task') tasks++
        starting.push({ ...nameEntry(entry, tasks), recipe })
      } else if (!referred.has(entry.name)) named.push({ ...nameEntry(entry, 0), recipe })
    }
    const sorted = [...starting.sort(byName), ...named.sort(byName)]
    const roots = sorted.map(({ name, recipe }) => {
      const root = this.#add('root', name)
      this.#addStages(root, recipe, [recipe])
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

  #addStages(parent: number, { stages }: PipelineRecipe, path: readonly PipelineRecipe[]): void {
    for (const stage of stages) {
      const targets = targetsOf(stage)
      const type = targets.length === 0 ? 'filter' : stage.name === 'fork' ? 'fork' : 'link'
      const filter = this.#add(type, nameOf(stage), parent)
      for (const name of targets) this.#addTarget(filter, name, path)
    }
  }

  #addTarget(parent: number, name: string, path: readonly PipelineRecipe[]): void {
    const recipe = this.#named.get(name)
    if (recipe === undefined) this.#add('pipeline', `pipeline not found: ${name}`, parent)
    else if (path.includes(recipe)) this.#add('pipeline', `recursive pipeline: ${name}`, parent)
    else this.#addStages(this.#add('pipeline', name, parent), recipe, [...path, recipe])
  }
}

function targetsOf({ name, args }: Stage): string[] {
  return registry.get(name)?.targets?.(args) ?? []
}

/** A filter's name, with where it leads to when that is in another module. */
function nameOf({ name, args }: Stage): string {
  const reference: ModuleReference | undefined = registry.get(name)?.reference?.(args)
  return reference === undefined ? name : `${name} ${reference.module} [${reference.pipeline}]`
}

function nameEntry(entry: Entry, tasks: number): Omit<Root, 'recipe'> {
  switch (entry.kind) {
    case 'listen': {
      const name = formatAddress({ host: entry.options.host ?? '0.0.0.0', port: entry.port })
      return { name, title: `Listen on ${name}` }
    }
    case 'task': {
      const name = `Task #${tasks}`
      return { name, title: `${name} (every ${entry.intervalMs / 1000}s)` }
    }
    case 'pipeline':
      return { name: entry.name, title: entry.name }
  }
}

function byName({ name: one }: Root, { name: other }: Root): number {
  return one < other ? -1 : one > other ? 1 : 0
}
