import { isConfigModule } from '../../config/config-file.ts'
import { LoadError } from '../../orchestrator/load-error.ts'
import { loadConfigInJob, loadScriptInJob } from '../../orchestrator/load-in-job.ts'
import { StartError } from '../../orchestrator/start-error.ts'
import { checkScript } from '../../program/flow/check-script.ts'
import type { LoadProblem } from '../../program/load-problem.ts'
import { placeOf } from '../../program/script/source-text.ts'
import { kindOf } from './file-kind.ts'

/** A script or config by its absolute path; the text may be another than the file's. */
export interface Text {
  readonly file: string
  readonly text: string
  /** Nothing outside of this folder is looked at for it, if it is given. */
  readonly root?: string
  /** How long looking at it may take. */
  readonly timeoutMs: number
}

/** What is wrong with a text; with `isRun` also what only running it shows. */
export async function verify(
  { file, text, root, timeoutMs }: Text,
  isRun: boolean,
): Promise<readonly LoadProblem[]> {
  const load = async (loading: Promise<unknown>): Promise<readonly LoadProblem[]> => {
    try {
      await loading
      return []
    } catch (error) {
      return problemsOf(error, file)
    }
  }
  switch (kindOf(file, () => text)) {
    case 'config':
      // A module says nothing before it runs.
      if (isConfigModule(file) && !isRun) return []
      return load(loadConfigInJob(file, timeoutMs, text, root))
    case 'script': {
      const problems = checkScript(file, text)
      if (!isRun || problems.some(({ severity }) => severity === 'error')) return problems
      return load(loadScriptInJob(file, timeoutMs, text)).then((found) => [...found, ...problems])
    }
    case 'other':
      return file.endsWith('.json') ? jsonProblems(file, text) : []
  }
}

/** Why something could not be loaded; other errors pass through. */
export function problemsOf(error: unknown, file: string): readonly LoadProblem[] {
  if (!(error instanceof StartError)) throw error
  if (error instanceof LoadError && error.problems.length > 0) return error.problems
  return [{ severity: 'error', message: error.message, file, line: 0, column: 0 }]
}

/** JSON may be anything, but should be JSON. */
function jsonProblems(file: string, text: string): LoadProblem[] {
  try {
    JSON.parse(text)
    return []
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const [, position] = / at position (\d+)/.exec(message) ?? []
    const place = placeOf(text, position === undefined ? text.length : Number(position))
    return [{ severity: 'error', message: message.split(' in JSON')[0] ?? '', file, ...place }]
  }
}
