import { loadScript } from '../../program/load-script.ts'
import type { Jobs } from '../jobs.ts'

type Job = Jobs['load-script']

/** Compiles and evaluates a script with its modules. */
// biome-ignore lint/style/noDefaultExport: the pool calls the default export of a job's file
export default function run({ file, text }: Job['input']): Job['output'] {
  return loadScript(file, text)
}
