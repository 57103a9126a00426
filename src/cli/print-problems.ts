import { LoadError } from '../orchestrator/load-error.ts'

/**
 * Prints what keeps a program from being loaded. Files are named as seen from `folder`, so that editors
 * and terminals can follow.
 */
export async function printProblems(error: unknown, folder: string): Promise<void> {
  if (!(error instanceof LoadError)) return
  const { problemLines } = await import('../config/problem-lines.ts')
  for (const line of problemLines(error.problems, folder)) process.stderr.write(`${line}\n`)
}
