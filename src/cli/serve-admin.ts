import type { RunningProgram } from '../orchestrator/run-program.ts'
import type { RunOptions } from './common-options.ts'

/** Serves the admin API of a program if the options ask for it; ends the program if it cannot. */
export async function serveAdmin(program: RunningProgram, { admin }: RunOptions): Promise<void> {
  if (admin === undefined) return
  const { startAdminApi } = await import('../admin/admin-api.ts')
  try {
    await startAdminApi(program, admin)
  } catch (error) {
    program.orchestrator.stop()
    throw error
  }
}
