import { basename, dirname, join } from 'node:path'
import { extensions, filters } from '../../filters/index.ts'
import type { LoadProblem } from '../load-problem.ts'
import { compileModule } from '../script/compile-module.ts'
import { ScriptError } from '../script/script-error.ts'
import { targetsOf } from './flow.ts'
import type { PipelineSketch, StageSketch } from './sketch.ts'
import { sketchScript } from './sketch-script.ts'

/**
 * What can be told of a script by its text alone, so often as it is changed: whether it parses, and
 * whether the names, filters and pipelines in it exist.
 */
export function checkScript(file: string, text: string): LoadProblem[] {
  const path = `/${basename(file)}`
  const at = (severity: LoadProblem['severity'], message: string, place: Place): LoadProblem => {
    const { line, column } = place
    return { severity, message, file: join(dirname(file), basename(file)), line, column }
  }
  try {
    const { warnings } = compileModule({ path, text })
    const pipelines = sketchScript(path, text)
    return [
      ...checkPipelines(pipelines).map(({ message, place }) => at('error', message, place)),
      ...warnings.map(({ message, ...place }) => at('warning', message, place)),
    ]
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    return [at('error', error.message, error)]
  }
}

interface Place {
  readonly line: number
  readonly column: number
}

const NOWHERE: Place = { line: 0, column: 0 }

function checkPipelines(pipelines: readonly PipelineSketch[]): { message: string; place: Place }[] {
  const names = new Set(pipelines.flatMap(({ kind, name }) => (kind === 'pipeline' ? [name] : [])))
  return pipelines.flatMap(({ stages }) =>
    stages.flatMap((stage) => {
      const place = stage.place ?? NOWHERE
      if (!isFilter(stage.name)) return [{ message: `there is no filter ${stage.name}`, place }]
      const missing = missingTargets(stage, names)
      return missing.map((name) => ({ message: `pipeline not found: ${name}`, place }))
    }),
  )
}

function missingTargets({ name, args }: StageSketch, names: ReadonlySet<string>): string[] {
  return targetsOf(name, args).filter((target) => !names.has(target))
}

function isFilter(name: string): boolean {
  return Object.hasOwn(filters, name) || Object.hasOwn(extensions, name)
}
