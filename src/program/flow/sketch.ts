/** A part of a script's text: from its first character to behind its last, both from 1. */
export interface SourceRange {
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
}

/** One pipeline as it can be drawn, whether it was made or only read about in a text. */
export interface PipelineSketch {
  readonly kind: 'listen' | 'task' | 'pipeline'
  /** `0.0.0.0:6080`, `Task #1`, or the name by which filters refer to it. */
  readonly name: string
  /** The same for people. */
  readonly title: string
  /** What `listen` or `task` were given besides. */
  readonly options: string
  readonly place?: SourceRange
  readonly stages: readonly StageSketch[]
  /** Names of the pipelines that its filters lead to. */
  readonly targets: readonly string[]
}

export interface StageSketch {
  readonly name: string
  /** Where only a text is known, undefined stands for what only running it would tell. */
  readonly args: readonly unknown[]
  /** The arguments as text. */
  readonly options: string
  readonly place?: SourceRange
}
