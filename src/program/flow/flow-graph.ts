import type { PipelineSketch, SourceRange } from './sketch.ts'

/** The pipelines of one module as they are drawn: each once, with edges between them. */
export interface FlowModule {
  readonly path: string
  readonly pipelines: readonly FlowPipeline[]
}

export interface FlowPipeline {
  /** `<module path>#<number in the module>`. */
  readonly id: string
  readonly kind: PipelineSketch['kind']
  /** `0.0.0.0:6080`, `Task #1`, or the name by which filters refer to it. */
  readonly name: string
  /** `Listen on 0.0.0.0:6080`, `Task #1 (every 1s)`, or the name. */
  readonly title: string
  /** The arguments of `listen` and `task` after the first, as text; empty if there are none. */
  readonly options: string
  readonly place?: SourceRange
  readonly filters: readonly FlowFilter[]
}

export interface FlowFilter {
  /** `<pipeline id>.<number in the pipeline>`. */
  readonly id: string
  readonly name: string
  /** Its arguments: the text of a script, or values of a config; empty if there are none. */
  readonly options: string
  readonly place?: SourceRange
  readonly targets: readonly FlowEdge[]
}

/** An edge from a filter to a pipeline that it starts sessions of. */
export interface FlowEdge {
  /**
   * `join`: what comes out of the pipeline goes on behind the filter (link, demux, mux, route, use).
   * `fork`: it does not (fork, mirror).
   */
  readonly kind: 'join' | 'fork'
  /** Id of the pipeline; empty when there is none of that name. */
  readonly to: string
  /** The name as written. */
  readonly name: string
  /** The module of the pipeline when it is another one: `use`. */
  readonly module?: string
}
