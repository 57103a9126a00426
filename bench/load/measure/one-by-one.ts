import { BenchError } from '../bench-error.ts'
import type { Peer } from '../peers/peer.ts'
import { isBenchmarkEnding } from '../process/cleanup.ts'
import type { Workload } from '../workloads/workload.ts'
import type { BenchContext } from './bench-context.ts'
import type { Measurement, Sample } from './measurement.ts'

type Measure = (peer: Peer, context: BenchContext) => Promise<Measurement>

/**
 * Measures a fresh process of each peer, again and again: A B C A B C …. What drifts on a shared
 * machine hits the members of one round alike, which is why ratios are taken within rounds.
 */
export function oneByOne(measure: Measure): Workload['run'] {
  return async (peers, context, onSample) => {
    const samples: Sample[] = []
    for (let round = 1; round <= context.timing.rounds; round++) {
      for (const peer of peers) {
        const measurement = await measureSafely(peer, context, measure)
        const sample: Sample = { peer: peer.name, round, ...measurement }
        samples.push(sample)
        onSample(sample)
      }
    }
    return { samples, timing: context.timing }
  }
}

// A peer that does not start is a finding about that peer, not the end of the benchmark.
async function measureSafely(
  peer: Peer,
  context: BenchContext,
  measure: Measure,
): Promise<Measurement> {
  try {
    return await measure(peer, context)
  } catch (error) {
    if (isBenchmarkEnding()) throw new BenchError('stopped')
    const problem = error instanceof Error ? error.message : String(error)
    return { figures: {}, errors: 1, problem }
  }
}
