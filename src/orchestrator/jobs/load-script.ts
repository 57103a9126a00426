import { describeLoadError, loadScript } from '../../program/load-script.ts'
import type { Jobs } from '../jobs.ts'

type Job = Jobs['load-script']

/** Compiles and evaluates a script with its modules. Piscina calls what `default` names. */
// biome-ignore lint/style/noDefaultExport: the pool looks for the default export of a job's file
export default function run({ file }: Job['input']): Job['output'] {
  try {
    return { isGood: true, spec: loadScript(file) }
  } catch (error) {
    return { isGood: false, lines: describeLoadError(error) }
  }
}
