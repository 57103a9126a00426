import { type FigureName, type Figures, isCounted, type Sample } from './measurement.ts'

/** What a comparison with a limit says. */
export type Verdict = 'pass' | 'miss' | 'cannot tell'

/** One figure of two peers, compared over the rounds in which both count. */
export interface Comparison {
  readonly pairRatios: readonly number[]
  /** Median of the first peer over median of the second. */
  readonly ratioOfMedians: number
}

/** Median; the mean of the two middle values when there is an even number of them. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The counted values of one figure of one peer, by round. */
export function valuesByRound(
  samples: readonly Sample[],
  peer: string,
  figure: FigureName,
): Map<number, number> {
  const values = new Map<number, number>()
  for (const sample of samples) {
    const value = sample.figures[figure]
    if (sample.peer === peer && isCounted(sample) && value !== undefined) {
      values.set(sample.round, value)
    }
  }
  return values
}

/** Medians of all figures of one peer, over its counted samples. */
export function medianFigures(samples: readonly Sample[], peer: string): Figures {
  const names = new Set<FigureName>(
    samples.flatMap((sample) => Object.keys(sample.figures) as FigureName[]), // keys of Figures
  )
  const medians: Partial<Record<FigureName, number>> = {}
  for (const name of names) {
    const values = [...valuesByRound(samples, peer, name).values()]
    if (values.length > 0) medians[name] = median(values)
  }
  return medians
}

/** Compares two series; undefined when no round has both. */
export function comparePairs(
  subject: ReadonlyMap<number, number>,
  reference: ReadonlyMap<number, number>,
): Comparison | undefined {
  const rounds = [...subject.keys()].filter((round) => reference.has(round))
  if (rounds.length === 0) return undefined
  const ours = rounds.map((round) => subject.get(round) ?? Number.NaN)
  const theirs = rounds.map((round) => reference.get(round) ?? Number.NaN)
  return {
    pairRatios: ours.map((value, index) => value / (theirs[index] ?? Number.NaN)),
    ratioOfMedians: median(ours) / median(theirs),
  }
}

/**
 * Judges `value ≤ limit`. When fewer than four in five of the single observations are on the side
 * that the summary value is on, they straddle the limit and the answer is that we cannot tell.
 */
export function judge(value: number, observations: readonly number[], limit: number): Verdict {
  const isWithin = value <= limit
  const agreeing = observations.filter((observation) => observation <= limit === isWithin)
  if (agreeing.length < observations.length * CLEAR_MAJORITY) return 'cannot tell'
  return isWithin ? 'pass' : 'miss'
}

const CLEAR_MAJORITY = 0.8

/**
 * Judges the ratio of two peers, and says how large it is. Of so many pairs that it has a narrow
 * interval that is the median of theirs; of few, the ratio of the medians.
 */
export function judgeRatio(
  { pairRatios, ratioOfMedians }: Comparison,
  limit: number,
): { readonly value: number; readonly verdict: Verdict } {
  if (pairRatios.length < MANY_PAIRS)
    return { value: ratioOfMedians, verdict: judge(ratioOfMedians, pairRatios, limit) }
  return { value: median(pairRatios), verdict: judgeInterval(medianInterval(pairRatios), limit) }
}

const MANY_PAIRS = 15

/**
 * What the median of a population lies between with a confidence of at least 95 %, by the values of a
 * sample alone: the k-th smallest and the k-th largest, with k from the binomial distribution (the
 * confidence interval of the sign test). Infinite on both sides for fewer than six values.
 */
export function medianInterval(values: readonly number[]): readonly [number, number] {
  const sorted = [...values].sort((a, b) => a - b)
  const count = sorted.length
  let chance = 0.5 ** count
  let tail = chance
  let skipped = 0
  while (tail <= (1 - CONFIDENCE) / 2 && skipped < count >> 1) {
    skipped++
    chance *= (count - skipped + 1) / skipped
    tail += chance
  }
  const low = sorted[skipped - 1] ?? Number.NEGATIVE_INFINITY
  return [low, sorted[count - skipped] ?? Number.POSITIVE_INFINITY]
}

/** Judges `value ≤ limit` of a value that is somewhere in an interval. */
export function judgeInterval([low, high]: readonly [number, number], limit: number): Verdict {
  if (high <= limit) return 'pass'
  return low > limit ? 'miss' : 'cannot tell'
}

const CONFIDENCE = 0.95
