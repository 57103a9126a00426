import { Graph, layout } from '@dagrejs/dagre'
import type {
  FlowEdge,
  FlowFilter,
  FlowGraph,
  FlowPipeline,
} from '../../../src/admin/gui/contract.ts'
import { BOX, boxTop, HEAD, INSET } from './card-size.ts'

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
  readonly label: WireLabel
}

/** Where the rate of a wire is written, and which end of the text is there. */
export interface WireLabel {
  readonly x: number
  readonly y: number
  readonly anchor: 'start' | 'middle' | 'end'
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
  const callers = new Map<string, number>()
  for (const { edge } of edges) callers.set(edge.to, (callers.get(edge.to) ?? 0) + 1)
  return edges.flatMap(({ source, filter, index, edge }, number): Wire[] => {
    const from = byId.get(source.id)
    const to = byId.get(edge.to)
    if (from === undefined || to === undefined) return []
    const start = { x: from.x + from.width - INSET, y: from.y + boxTop(index) + BOX / 2 }
    const curve = direction === 'right' ? curveToSide(start, to) : curveToTop(start, to)
    const isOnly = callers.get(edge.to) === 1
    const label = isOnly
      ? atEnd(curve)
      : filter.targets.length === 1
        ? atStart(curve)
        : within(curve)
    const key = `${filter.id}-${number}`
    return [{ key, edge, from: filter, path: pathOf(curve), label }]
  })
}

interface Point {
  readonly x: number
  readonly y: number
}

/** A cubic Bézier curve: where it begins, two points that it is drawn to, and where it ends. */
type Curve = readonly [Point, Point, Point, Point]

function curveToSide(start: Point, to: Card): Curve {
  const end = { x: to.x, y: to.y + HEAD / 2 }
  // A wire that leads back goes around in a wider bend.
  const bend = end.x > start.x ? Math.max(40, (end.x - start.x) / 2) : 110
  return [start, { x: start.x + bend, y: start.y }, { x: end.x - bend, y: end.y }, end]
}

function curveToTop(start: Point, to: Card): Curve {
  const end = { x: to.x + to.width / 2, y: to.y }
  return [start, { x: start.x + 60, y: start.y }, { x: end.x, y: end.y - 60 }, end]
}

function pathOf(curve: Curve): string {
  const [start, ...others] = curve.map(({ x, y }) => `${x},${y}`)
  return `M${start} C${others.join(' ')}`
}

/** Nobody else leads to the pipeline. */
function atEnd([, , , { x, y }]: Curve): WireLabel {
  return { x: x - 10, y: y - 10, anchor: 'end' }
}

/** The filter leads nowhere else: behind the frame of its card. */
function atStart([{ x, y }]: Curve): WireLabel {
  return { x: x + INSET + 6, y: y - 10, anchor: 'start' }
}

/** Not in the middle, where wires cross that lead the other way. */
function within(curve: Curve): WireLabel {
  const at = 0.35
  const weights = [(1 - at) ** 3, 3 * at * (1 - at) ** 2, 3 * at ** 2 * (1 - at), at ** 3]
  const sum = (axis: 'x' | 'y'): number =>
    curve.reduce((total, point, index) => total + point[axis] * (weights[index] ?? 0), 0)
  return { x: sum('x'), y: sum('y') - 8, anchor: 'middle' }
}
