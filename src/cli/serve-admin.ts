import type { RunningProgram } from '../orchestrator/run-program.ts'
import type { RunOptions } from './common-options.ts'

/**
 * Starts a program, and serves its admin API if the options ask for it; ends the program if it cannot.
 */
export async function startWithAdmin(
  start: () => Promise<RunningProgram>,
  run: RunOptions,
): Promise<RunningProgram> {
  const { admin } = run
  if (admin === undefined) return start()
  // Before anything listens.
  await checkAdmin(run)
  const { startAdminApi } = await import('../admin/admin-api.ts')
  const program = await start()
  try {
    await startAdminApi(program, admin)
  } catch (error) {
    program.orchestrator.stop()
    throw error
  }
  return program
}

/** Throws `StartError` for what can be known to keep the admin API from being served. */
export async function checkAdmin({ admin }: RunOptions): Promise<void> {
  if (admin?.tokenFile === undefined) return
  const { checkTokenFile } = await import('../admin/token.ts')
  checkTokenFile(admin.tokenFile)
}
