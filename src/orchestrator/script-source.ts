import { logger } from '../observability/logger.ts'
import { renderGraph } from '../program/graph-text.ts'
import type { GoodScript } from '../program/load-script.ts'

/** The script that a process runs, for loading it again. */
export interface ScriptSource {
  /** Path from the program's root, with a leading slash. */
  readonly path: string
  /** Whether a change of its files loads it again. */
  readonly isWatched: boolean
  /** Compiles and evaluates it; throws `StartError`. */
  load(): Promise<GoodScript>
}

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
