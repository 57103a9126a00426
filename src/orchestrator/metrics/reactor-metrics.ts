import { COUNTERS } from '../../native/counters.ts'
import type { MetricFacts } from '../../observability/metrics/catalog.ts'

/** The counters of a worker's reactor and of its limits as metrics, in the order of `COUNTERS`. */
export const REACTOR_METRICS: readonly MetricFacts[] = COUNTERS.map(({ name, doc, ...rest }) => {
  const isGauge = 'isGauge' in rest
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return {
    name: `sluice_worker_${snake}${isGauge ? '' : '_total'}`,
    type: isGauge ? 'gauge' : 'counter',
    help: doc,
    labels: ['worker'],
  }
})
