import { BenchError } from '../bench-error.ts'
import type { Peer } from '../peers/peer.ts'
import { type RunningProxy, startProxy } from '../peers/running-proxy.ts'
import { isBenchmarkEnding } from '../process/cleanup.ts'
import type { BenchContext } from './bench-context.ts'
import { inTurns } from './in-turns.ts'
import { isCounted, type Measurement, type Sample } from './measurement.ts'
import { medianFigures } from './statistics.ts'

/** How a proxy that runs is loaded, and what it does then. */
export interface LoadPlan {
  warmUp(proxy: RunningProxy): Promise<Measurement>
  measureSecond(proxy: RunningProxy): Promise<Measurement>
}

/**
 * Measures all peers side by side: each round starts all of them anew and loads them second by
 * second in turns, so that what drifts on a shared machine hits the members of each pair alike. Gives
 * a sample for each second; `onRound` gets the medians of a peer's round.
 */
export async function runAlternatingSeconds(
  peers: readonly Peer[],
  plan: LoadPlan,
  context: BenchContext,
  onRound: (sample: Sample) => void,
): Promise<Sample[]> {
  const { rounds, countSeconds } = context.timing
  const samples: Sample[] = []
  for (let round = 1; round <= rounds; round++) {
    const before = (round - 1) * countSeconds
    const found = await runRound(peers, plan, context, before)
    samples.push(...found)
    for (const { name } of peers) onRound(summaryOf(name, round, found))
  }
  return samples
}

async function runRound(
  peers: readonly Peer[],
  plan: LoadPlan,
  context: BenchContext,
  before: number,
): Promise<Sample[]> {
  const { upstream, workspace, cpus, timing } = context
  const options = { upstream, workspace, cpus: cpus.proxy, workers: 1 }
  const running: { peer: string; proxy: RunningProxy }[] = []
  const samples: Sample[] = []
  const fail = (peer: string, error: unknown): void => {
    if (isBenchmarkEnding()) throw new BenchError('stopped')
    const problem = error instanceof Error ? error.message : String(error)
    samples.push({ peer, round: before + 1, figures: {}, errors: 1, problem })
  }
  try {
    for (const peer of peers) {
      try {
        const proxy = await startProxy(peer, options)
        running.push({ peer: peer.name, proxy })
        const warm = await plan.warmUp(proxy)
        if (!isCounted(warm)) throw new BenchError(warm.problem ?? 'errors while it warmed up')
      } catch (error) {
        // A peer that does not start is a finding about that peer, not the end of the benchmark.
        fail(peer.name, error)
      }
    }
    const sound = running.filter(({ peer }) => !samples.some((one) => one.peer === peer))
    await inTurns(sound, timing.countSeconds, async ({ peer, proxy }, turn) => {
      try {
        const measurement = await plan.measureSecond(proxy)
        samples.push({ peer, round: before + turn + 1, ...measurement })
      } catch (error) {
        fail(peer, error)
      }
    })
    return samples
  } finally {
    for (const { proxy } of running) await proxy.stop()
  }
}

function summaryOf(peer: string, round: number, all: readonly Sample[]): Sample {
  const own = all.filter((sample) => sample.peer === peer)
  const problem = own.find((sample) => sample.problem !== undefined)?.problem
  const errors = own.reduce((sum, sample) => sum + sample.errors, 0)
  const summary = { peer, round, figures: medianFigures(own, peer), errors }
  return problem === undefined ? summary : { ...summary, problem }
}
