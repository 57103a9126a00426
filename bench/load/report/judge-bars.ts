import { BARS, type Bar } from '../bars.ts'
import type { Sample } from '../measure/measurement.ts'
import { comparePairs, judge, judgeRatio, median, valuesByRound } from '../measure/statistics.ts'
import type { BarResult } from './results.ts'

/** Judges the bars of one workload by its samples. */
export function judgeBars(workload: string, samples: readonly Sample[]): BarResult[] {
  return BARS.filter((bar) => bar.workload === workload).map((bar) => judgeBar(bar, samples))
}

function judgeBar(bar: Bar, samples: readonly Sample[]): BarResult {
  const { figure, subject, against, limit } = bar
  if (figure === 'errors') return judgeErrors(bar, samples)
  const ours = valuesByRound(samples, subject, figure)
  if (ours.size === 0) return { bar, value: null, verdict: 'not measured' }
  if (against === undefined) {
    const value = median([...ours.values()])
    return { bar, value, verdict: judge(value, [...ours.values()], limit) }
  }
  const pairs = comparePairs(ours, valuesByRound(samples, against, figure))
  if (pairs === undefined) return { bar, value: null, verdict: 'not measured' }
  return { bar, ...judgeRatio(pairs, limit) }
}

function judgeErrors(bar: Bar, samples: readonly Sample[]): BarResult {
  const ours = samples.filter((sample) => sample.peer === bar.subject)
  if (ours.length === 0) return { bar, value: null, verdict: 'not measured' }
  const value = ours.reduce((sum, sample) => sum + sample.errors, 0)
  return { bar, value, verdict: value <= bar.limit ? 'pass' : 'miss' }
}
