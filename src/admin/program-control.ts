import type { Orchestrator } from '../orchestrator/orchestrator.ts'

/** The running program and what can be done to it. */
export interface ProgramControl {
  readonly orchestrator: Orchestrator
  /**
   * Loads the program again from its file; rejects with what is wrong with it, and then the running
   * one goes on. Undefined when it came from command-line options.
   */
  readonly reload: (() => Promise<void>) | undefined
}
