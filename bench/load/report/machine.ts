import { cpus, release } from 'node:os'

/** The machine of a run, as far as a reader needs it to judge the figures. */
export interface Machine {
  readonly processor: string
  readonly processors: number
  readonly kernel: string
  readonly node: string
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const all = cpus()
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    processors: all.length,
    kernel: release(),
    node: process.versions.node,
  }
}
