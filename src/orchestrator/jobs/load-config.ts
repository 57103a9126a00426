import { loadConfig } from '../../config/load-config.ts'
import type { Jobs } from '../jobs.ts'

type Job = Jobs['load-config']

/** Reads and checks a config. */
// biome-ignore lint/style/noDefaultExport: the pool calls the default export of a job's file
export default function run({ file, text, root }: Job['input']): Promise<Job['output']> {
  return loadConfig(file, text, root)
}
