import { checkConfig } from '../config/check-config.ts'
import { graphOf, printConfig } from '../config/describe.ts'
import { normalise } from '../config/normalise.ts'
import type { ConfigInput } from '../config/schema/config.ts'
import { renderGraph } from '../program/graph-text.ts'

/** What `sluice lb` prints of its flags: the config that says the same, or its pipelines. */
export function describeFlags(input: ConfigInput, isConfig: boolean): string {
  const result = checkConfig(input)
  if (!result.isGood) throw new TypeError(result.problems.map(({ message }) => message).join('\n'))
  if (isConfig) return printConfig(result.config)
  const lines = renderGraph(graphOf('lb', normalise(result.config)))
  return `${lines.join('\n').trimEnd()}\n\nDone.\n`
}
