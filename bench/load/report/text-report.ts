import type { FigureName, Sample } from '../measure/measurement.ts'
import { formatBarResult } from './format-bar.ts'
import { FIGURE_FORMATS, formatFigures } from './format-figures.ts'
import type { PeerComparison, WorkloadResult } from './results.ts'

const NAME_WIDTH = 18

/** One progress line for one finished run. */
export function formatSample(sample: Sample, figure: FigureName, rounds: number): string {
  const place = `  ${String(sample.round).padStart(2)}/${rounds}  ${sample.peer.padEnd(NAME_WIDTH)}`
  const result = sample.problem === undefined ? '' : `  NOT COUNTED: ${sample.problem}`
  const figures =
    Object.keys(sample.figures).length > 0 ? formatFigures(figure, sample.figures) : ''
  return place + figures + result
}

/** The lines that sum up one workload: medians, ratios, bars. */
export function formatWorkload(result: WorkloadResult): string {
  const peers = result.peers.map((peer) => {
    const counted =
      peer.countedRounds === result.rounds
        ? ''
        : `  [${peer.countedRounds} of ${result.rounds} rounds count]`
    const errors = peer.errors > 0 ? `  [${peer.errors} errors]` : ''
    return `  median  ${peer.name.padEnd(NAME_WIDTH)}${formatFigures(result.figure, peer.medians)}${counted}${errors}`
  })
  return [
    ...peers,
    ...result.comparisons.map((comparison) => formatComparison(result, comparison)),
    ...result.bars.map((bar) => `  bar     ${formatBarResult(bar)}`),
  ].join('\n')
}

function formatComparison(result: WorkloadResult, comparison: PeerComparison): string {
  const words = { pass: 'less', miss: 'more', 'cannot tell': 'cannot tell' }
  const { subject, peer, ratio, interval, pairRatios, isLess } = comparison
  const certainty =
    interval === null
      ? `pairs ${pairRatios.map((one) => one.toFixed(2)).join(' ')}`
      : `${interval.map((one) => one.toFixed(3)).join(' … ')} at 95 %, ${pairRatios.length} pairs`
  return (
    `  ratio   ${subject} / ${peer} = ${ratio.toFixed(interval === null ? 2 : 3)}` +
    ` ${FIGURE_FORMATS[result.figure].title}: ${words[isLess]}  (${certainty})`
  )
}
