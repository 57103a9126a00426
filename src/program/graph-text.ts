import type { Graph, GraphNode, ModuleGraph } from './graph.ts'

/**
 * Draws the flow graph of a module as lines of text, the module's name first:
 *
 *     Module /proxy.js
 *     ================
 *
 *     [Listen on 0.0.0.0:8080]
 *      |
 *      v
 *     decodeHttpRequest
 *     demux
 *      |--> [request]
 *      |    mux
 *      |     |--> [upstream]
 *      |     |    connect
 *      |     v
 *      v
 *     encodeHttpResponse
 *      |
 *      v
 *
 * A filter that goes on by itself while others work beside it (`fork`) has no arrow back.
 */
export function renderGraph({ path, graph, titles }: ModuleGraph): string[] {
  const title = `Module ${path}`
  const lines = [title, '='.repeat(title.length), '']
  for (const [position, index] of graph.roots.entries()) {
    const root = graph.nodes[index]
    if (root === undefined) continue
    lines.push(`[${titles[position] ?? root.name}]`, ' |', ' v', ...drawFilters(graph, root))
    // A pipeline without filters gives back what it gets.
    lines.push(' |', ' v', '')
  }
  return lines
}

function drawFilters(graph: Graph, pipeline: GraphNode): string[] {
  return childrenOf(graph, pipeline).flatMap((filter) => [
    filter.name,
    ...childrenOf(graph, filter).flatMap((target) => [
      ` |--> [${target.name}]`,
      ...drawFilters(graph, target).map((line) => ` |    ${line}`),
    ]),
    ...(filter.t === 'link' ? [' v'] : []),
  ])
}

function childrenOf(graph: Graph, { c = [] }: GraphNode): GraphNode[] {
  return c.flatMap((index) => graph.nodes[index] ?? [])
}
