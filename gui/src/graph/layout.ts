import { Graph, layout } from '@dagrejs/dagre'
import type {
  FlowEdge,
  FlowFilter,
  FlowGraph,
  FlowPipeline,
} from '../../../src/admin/gui/contract.ts'

/*
 * A pipeline is a card; its filters are boxes one below the other, with an arrow before each of them
 * and one behind the last, which have the numbers of edges in FlowRates:
 *
 *   +-------------------+
 *   | title             |   HEAD
 *   |   v edge 0        |   GAP
 *   | [ filter 0      ]-|-> the card of its target
 *   |   v edge 1        |
 *   +-------------------+
 */
export const HEAD = 30
export const GAP = 24
export const BOX = 30
export const INSET = 10

const MIN_WIDTH = 190
const MAX_WIDTH = 360
const TITLE_CHARACTER = 7.6
const NAME_CHARACTER = 7.3
/** Room beside a title for the dot and the number of sessions. */
const TITLE_ROOM = 96
/** Room beside the name of a filter for its time share. */
const NAME_ROOM = 86

export interface Card {
  readonly pipeline: FlowPipeline
  /** The module, where there is more than one. */
  readonly subtitle: string
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A line from a filter to the pipeline that it starts, or to where one is missing. */
export interface Wire {
  readonly key: string
  readonly edge: FlowEdge
  readonly from: FlowFilter
  /** A path of SVG. */
  readonly path: string
  /** Where a label ends, before its target. */
  readonly labelX: number
  readonly labelY: number
  /** Nobody else leads there, so that the rates of the pipeline are those of the wire. */
  readonly isOnly: boolean
}

export interface GraphLayout {
  readonly width: number
  readonly height: number
  readonly cards: readonly Card[]
  readonly wires: readonly Wire[]
}

/** Where pipelines lie, as seen from those that start them. */
export type Direction = 'right' | 'down'

/** Places pipelines one after the other in a direction, as far as they do not start each other. */
export function layOut(flow: FlowGraph, direction: Direction): GraphLayout {
  const graph = new Graph()
  const ranks =
    direction === 'right' ? { rankdir: 'LR', ranksep: 96 } : { rankdir: 'TB', ranksep: 46 }
  graph.setGraph({ ...ranks, nodesep: 26, marginx: 20, marginy: 20 })
  graph.setDefaultEdgeLabel(() => ({}))
  const pipelines = flow.modules.flatMap((one) => one.pipelines)
  for (const pipeline of pipelines) {
    graph.setNode(pipeline.id, { width: widthOf(pipeline), height: heightOf(pipeline) })
  }
  for (const { source, edge } of edgesOf(pipelines)) {
    if (graph.hasNode(edge.to) && source.id !== edge.to) graph.setEdge(source.id, edge.to)
  }
  layout(graph)
  const cards = flow.modules.flatMap(({ path, pipelines: own }) =>
    own.map((pipeline): Card => {
      // dagre tells centres.
      const { x = 0, y = 0, width = 0, height = 0 } = graph.node(pipeline.id)
      const subtitle = flow.modules.length > 1 ? path : ''
      return { pipeline, subtitle, x: x - width / 2, y: y - height / 2, width, height }
    }),
  )
  return {
    width: Math.max(0, ...cards.map((one) => one.x + one.width)) + 20,
    height: Math.max(0, ...cards.map((one) => one.y + one.height)) + 20,
    cards,
    wires: wiresBetween(cards, direction),
  }
}

/** Where the box of a filter begins, from the top of its card. */
export function boxTop(index: number): number {
  return HEAD + GAP + index * (BOX + GAP)
}

function widthOf({ title, filters }: FlowPipeline): number {
  const name = Math.max(0, ...filters.map((one) => one.name.length))
  const wanted = Math.max(
    title.length * TITLE_CHARACTER + TITLE_ROOM,
    name * NAME_CHARACTER + NAME_ROOM,
  )
  return Math.round(Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, wanted)))
}

function heightOf({ filters }: FlowPipeline): number {
  return boxTop(filters.length)
}

function edgesOf(
  pipelines: readonly FlowPipeline[],
): { source: FlowPipeline; filter: FlowFilter; index: number; edge: FlowEdge }[] {
  return pipelines.flatMap((source) =>
    source.filters.flatMap((filter, index) =>
      filter.targets.map((edge) => ({ source, filter, index, edge })),
    ),
  )
}

function wiresBetween(cards: readonly Card[], direction: Direction): Wire[] {
  const byId = new Map(cards.map((one) => [one.pipeline.id, one]))
  const edges = edgesOf(cards.map((one) => one.pipeline))
  return edges.flatMap(({ source, filter, index, edge }, number): Wire[] => {
    const from = byId.get(source.id)
    const to = byId.get(edge.to)
    if (from === undefined || to === undefined) return []
    const [x1, y1] = [from.x + from.width - INSET, from.y + boxTop(index) + BOX / 2]
    const end = direction === 'right' ? wireToSide(x1, y1, to) : wireToTop(x1, y1, to)
    return [
      {
        key: `${filter.id}-${number}`,
        edge,
        from: filter,
        ...end,
        isOnly: edges.filter((one) => one.edge.to === edge.to).length === 1,
      },
    ]
  })
}

type WireEnd = Pick<Wire, 'path' | 'labelX' | 'labelY'>

function wireToSide(x1: number, y1: number, to: Card): WireEnd {
  const [x2, y2] = [to.x, to.y + HEAD / 2]
  // A wire that leads back goes around in a wider bend.
  const bend = x2 > x1 ? Math.max(40, (x2 - x1) / 2) : 110
  const path = `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`
  return { path, labelX: x2 - 10, labelY: y2 - 10 }
}

function wireToTop(x1: number, y1: number, to: Card): WireEnd {
  const [x2, y2] = [to.x + to.width / 2, to.y]
  const path = `M${x1},${y1} C${x1 + 60},${y1} ${x2},${y2 - 60} ${x2},${y2}`
  return { path, labelX: x2 - 8, labelY: y2 - 12 }
}
