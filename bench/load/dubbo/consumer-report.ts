import { BenchError } from '../bench-error.ts'
import type { LoadReport } from '../measure/closed-loop.ts'

/** What one run of the consumer completed. */
export interface ConsumerReport extends LoadReport {
  readonly errors: number
}

/** Finds the report in the consumer's output. */
export function parseConsumerReport(output: string, errorOutput: string): ConsumerReport {
  const line = /^DUBBO (\{.*\})$/m.exec(output)?.[1]
  if (line === undefined) {
    throw new BenchError(`Dubbo load failed: ${errorOutput.trim().split('\n', 1)[0]}`)
  }
  return JSON.parse(line) as ConsumerReport // consumer.ts writes exactly these fields
}
