import type { FlowGraph, SourceRange } from '../../../src/admin/gui/contract.ts'

/**
 * The filter or pipeline that a place of a text is about: the smallest that lies around it, or else
 * in its line. Undefined if there is none.
 */
export function nodeAt(
  graph: FlowGraph,
  path: string,
  line: number,
  column: number,
): string | undefined {
  const nodes = graph.modules
    .filter((one) => one.path === path)
    .flatMap(({ pipelines }) => pipelines)
    .flatMap((pipeline) => [...pipeline.filters, pipeline])
    .flatMap(({ id, place }) => (place === undefined ? [] : [{ id, place }]))
  const around = nodes.filter(({ place }) => isAround(place, line, column))
  const inLine = nodes.filter(({ place }) => place.line <= line && line <= place.endLine)
  const [found] = (around.length > 0 ? around : inLine).sort(
    (one, other) => sizeOf(one.place) - sizeOf(other.place),
  )
  return found?.id
}

function isAround(place: SourceRange, line: number, column: number): boolean {
  const isBehindStart = place.line < line || (place.line === line && place.column <= column)
  const isBeforeEnd = line < place.endLine || (line === place.endLine && column <= place.endColumn)
  return isBehindStart && isBeforeEnd
}

/** Only to be compared: lines count more than columns. */
function sizeOf({ line, column, endLine, endColumn }: SourceRange): number {
  return (endLine - line) * 1e6 + endColumn - column
}
