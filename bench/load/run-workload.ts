import type { BenchContext } from './measure/bench-context.ts'
import type { Peer } from './peers/peer.ts'
import type { WorkloadResult } from './report/results.ts'
import { summarizeWorkload } from './report/summarize.ts'
import { formatSample, formatWorkload } from './report/text-report.ts'
import type { Workload } from './workloads/workload.ts'

/** Runs all rounds of one workload with the given peers, printing as it goes. */
export async function runWorkload(
  workload: Workload,
  peers: readonly Peer[],
  context: BenchContext,
): Promise<WorkloadResult> {
  console.log(`\n${workload.name}: ${workload.title}`)
  const note = (await workload.prepare?.(context)) ?? ''
  if (note !== '') console.log(`  ${note}`)
  const measured = await workload.run(peers, context, (sample) => {
    console.log(formatSample(sample, workload.figure, context.timing.rounds))
  })
  const result = summarizeWorkload({ workload, peers, note, ...measured })
  console.log(formatWorkload(result))
  return result
}
