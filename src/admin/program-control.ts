import type { Orchestrator } from '../orchestrator/orchestrator.ts'

/** The running program and what can be done to it. */
export interface ProgramControl {
  /** Asked for anew at each request: where programs come and go, it throws while there is none. */
  readonly orchestrator: Orchestrator
  /** Where programs come and go: whether there is one. */
  readonly hasProgram?: boolean
  /**
   * Loads the program again from its file; rejects with what is wrong with it, and then the running
   * one goes on. Undefined when it came from command-line options.
   */
  readonly reload: (() => Promise<void>) | undefined
}
