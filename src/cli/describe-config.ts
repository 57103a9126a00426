import { checkConfig } from '../config/check-config.ts'
import { graphOf } from '../config/describe.ts'
import { normalise } from '../config/normalise.ts'
import { printConfig } from '../config/print-config.ts'
import { formatPath } from '../config/problem.ts'
import type { ConfigInput } from '../config/schema/config.ts'
import { renderGraph } from '../program/graph-text.ts'
import { UsageError } from './usage-error.ts'

/** What `sluice lb` prints of its flags: the config that says the same, or its pipelines. */
export function describeFlags(input: ConfigInput, isConfig: boolean): string {
  const result = checkConfig(input)
  if (!result.isGood) {
    const [problem] = result.problems
    throw new UsageError(`${formatPath(problem?.path ?? [])}: ${problem?.message}`)
  }
  if (isConfig) return printConfig(result.config)
  const lines = renderGraph(graphOf('lb', normalise(result.config)))
  return `${lines.join('\n').trimEnd()}\n\nDone.\n`
}
