import { logger } from '../observability/logger.ts'
import { renderGraph } from '../program/graph-text.ts'
import type { GoodScript, PrintedLine } from '../program/load-script.ts'

/** Logs what is odd about a script's modules, and their flow graphs. */
export function logScript({ graphs, spec }: GoodScript): void {
  for (const { path, warnings } of spec.program.modules) {
    for (const { message, line, column } of warnings) {
      logger.warn(`[pjs] ${message} at line ${line} column ${column} in ${path}`)
    }
  }
  for (const graph of graphs) {
    for (const line of renderGraph(graph)) logger.info(`[config] ${line}`.trimEnd())
  }
}

/** Logs what a script has printed while it was looked at. One that goes on to run prints it again. */
export function logPrinted(printed: readonly PrintedLine[]): void {
  for (const { level, line } of printed) logger[level](line)
}
