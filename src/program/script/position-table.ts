import type { SourcePlace } from './source-text.ts'

/** A mapping as magic-string gives it: per generated line, `[column, source, line, column]` from 0. */
type DecodedMappings = readonly (readonly (readonly number[])[])[]

const STRIDE = 4

/**
 * Packs decoded source-map mappings into rows of four numbers, all from 1 and sorted:
 * `generated line, generated column, source line, source column`.
 */
export function packPositions(mappings: DecodedMappings): Uint32Array {
  const rows: number[] = []
  mappings.forEach((segments, line) => {
    for (const [column, , sourceLine, sourceColumn] of segments) {
      if (column === undefined || sourceLine === undefined || sourceColumn === undefined) continue
      rows.push(line + 1, column + 1, sourceLine + 1, sourceColumn + 1)
    }
  })
  return Uint32Array.from(rows)
}

/** Finds the place in the script of a place in the generated code: the nearest mapping before it. */
export function originalPlace(table: Uint32Array, generated: SourcePlace): SourcePlace {
  let low = 0
  let high = table.length / STRIDE
  while (low < high) {
    const middle = (low + high) >>> 1
    const line = table[middle * STRIDE] ?? 0
    const column = table[middle * STRIDE + 1] ?? 0
    const isAfter = line > generated.line || (line === generated.line && column > generated.column)
    if (isAfter) high = middle
    else low = middle + 1
  }
  const row = Math.max(low - 1, 0) * STRIDE
  return { line: table[row + 2] ?? 1, column: table[row + 3] ?? 1 }
}
