import { upstreamEarly } from '../../../bench/reliability/faults/upstream-early.ts'
import { upstreamGarbage } from '../../../bench/reliability/faults/upstream-garbage.ts'
import { upstreamKilled } from '../../../bench/reliability/faults/upstream-killed.ts'
import { upstreamResets } from '../../../bench/reliability/faults/upstream-resets.ts'
import { upstreamSilent } from '../../../bench/reliability/faults/upstream-silent.ts'
import { testSurvives } from './support/survive.ts'

/** A few dozen connections at a time: a multiple of what they may have in queues. */
const BOUNDS = { peak: 150, after: 100 }

for (const fault of [
  upstreamKilled,
  upstreamSilent,
  upstreamEarly,
  upstreamGarbage,
  upstreamResets,
]) {
  testSurvives(fault, BOUNDS)
}
