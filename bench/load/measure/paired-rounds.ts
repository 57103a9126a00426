import { BenchError } from '../bench-error.ts'
import type { Peer } from '../peers/peer.ts'
import { isBenchmarkEnding } from '../process/cleanup.ts'
import type { Measurement, Sample } from './measurement.ts'

/**
 * Measures all peers in turn, again and again: A B C A B C …. What drifts on a shared machine hits
 * the members of one round alike, which is why ratios are taken within rounds.
 */
export async function runPairedRounds(
  peers: readonly Peer[],
  rounds: number,
  measure: (peer: Peer) => Promise<Measurement>,
  onSample: (sample: Sample) => void,
): Promise<Sample[]> {
  const samples: Sample[] = []
  for (let round = 1; round <= rounds; round++) {
    for (const peer of peers) {
      const sample: Sample = { peer: peer.name, round, ...(await measureSafely(peer, measure)) }
      samples.push(sample)
      onSample(sample)
    }
  }
  return samples
}

// A peer that does not start is a finding about that peer, not the end of the benchmark.
async function measureSafely(
  peer: Peer,
  measure: (peer: Peer) => Promise<Measurement>,
): Promise<Measurement> {
  try {
    return await measure(peer)
  } catch (error) {
    if (isBenchmarkEnding()) throw new BenchError('stopped')
    const problem = error instanceof Error ? error.message : String(error)
    return { figures: {}, errors: 1, problem }
  }
}
