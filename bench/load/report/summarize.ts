import type { Timing } from '../measure/bench-context.ts'
import { isCounted, type Sample } from '../measure/measurement.ts'
import {
  comparePairs,
  judgeRatio,
  medianFigures,
  medianInterval,
  valuesByRound,
} from '../measure/statistics.ts'
import type { Peer } from '../peers/peer.ts'
import type { Workload } from '../workloads/workload.ts'
import { judgeBars } from './judge-bars.ts'
import type { PeerComparison, PeerResult, WorkloadResult } from './results.ts'

/** What was run to get the samples. */
export interface WorkloadRun {
  readonly workload: Workload
  readonly peers: readonly Peer[]
  readonly timing: Timing
  readonly note: string
  readonly samples: readonly Sample[]
}

/** Makes the result of a workload from its samples. */
export function summarizeWorkload({
  workload,
  peers,
  timing,
  note,
  samples,
}: WorkloadRun): WorkloadResult {
  return {
    name: workload.name,
    title: workload.title,
    figure: workload.figure,
    measuredAt: new Date().toISOString(),
    ...timing,
    ...(note === '' ? {} : { note }),
    peers: peers.map((peer) => summarizePeer(peer, samples)),
    comparisons: comparePeers(workload, peers, samples),
    bars: judgeBars(workload.name, samples),
  }
}

function summarizePeer(peer: Peer, allSamples: readonly Sample[]): PeerResult {
  const samples = allSamples.filter((sample) => sample.peer === peer.name)
  return {
    name: peer.name,
    label: peer.label,
    version: peer.version() ?? 'unknown',
    countedRounds: samples.filter(isCounted).length,
    errors: samples.reduce((sum, sample) => sum + sample.errors, 0),
    medians: medianFigures(samples, peer.name),
    samples,
  }
}

// The first peer of a workload is Sluice; everyone else is what it is compared with.
function comparePeers(
  workload: Workload,
  peers: readonly Peer[],
  samples: readonly Sample[],
): PeerComparison[] {
  const [subject, ...others] = peers
  if (subject === undefined || subject.name !== workload.peers[0]?.name) return []
  const ours = valuesByRound(samples, subject.name, workload.figure)
  return others.flatMap((peer) => {
    const pairs = comparePairs(ours, valuesByRound(samples, peer.name, workload.figure))
    if (pairs === undefined) return []
    const { value, verdict } = judgeRatio(pairs, 1)
    const { pairRatios } = pairs
    const interval = medianInterval(pairRatios)
    return [
      {
        ...{ subject: subject.name, peer: peer.name, ratio: value, pairRatios, isLess: verdict },
        interval: interval.every(Number.isFinite) ? interval : null,
      },
    ]
  })
}
