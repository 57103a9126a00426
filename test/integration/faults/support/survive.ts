import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { runCleanups } from '../../../../bench/load/process/cleanup.ts'
import { planCpus } from '../../../../bench/load/process/cpus.ts'
import { createWorkspace } from '../../../../bench/load/process/workspace.ts'
import type { Fault } from '../../../../bench/reliability/fault.ts'
import { measureFault } from '../../../../bench/reliability/measure-fault.ts'
import { prepareStages, type StageSetup } from '../../../../bench/reliability/stage.ts'
import { patience } from '../../../support/patience.ts'
import { sanitizerEnvironment, skipIfSanitized } from '../../../support/sanitized.ts'

/** What a process may have at most beyond what it had before, in MB: at its peak, and in the end. */
export interface MemoryBounds {
  readonly peak: number
  readonly after: number
}

/** Shorter than in the report, whose figures these tests do not look at. */
const CALM_SECONDS = 1
const FAULT_SECONDS = 3
/** Other tests run beside these: with what they leave, ten thousand connections outlast time-outs. */
const ATTACKERS_NICE = 0

let setup: Promise<StageSetup> | undefined
after(() => runCleanups())

/** Declares the test that a fault costs no good request, leaves nothing behind and ends as it must. */
export function testSurvives(fault: Fault, bounds: MemoryBounds): void {
  test(`${fault.title}: no good request fails, and nothing is left`, async (context) => {
    setup ??= prepareStages(createWorkspace(), planCpus().all)
    const conditions = {
      environment: sanitizerEnvironment(),
      attackersNice: ATTACKERS_NICE,
      patienceMs: patience(40_000),
    }
    const seconds = Math.max(FAULT_SECONDS, fault.leastSeconds ?? 0)
    const timing = { calm: CALM_SECONDS, fault: seconds }
    const result = await measureFault(fault, { ...(await setup), ...conditions }, timing)
    for (const { phase, sent, failed, firstError } of result.good) {
      assert.ok(sent > 0, `${phase}: no good request was sent`)
      assert.equal(failed, 0, `${phase}: ${failed} of ${sent} good requests failed: ${firstError}`)
    }
    assert.ok(result.cases > 0, 'nothing was tried')
    assert.equal(result.passed, result.cases, result.firstError)
    assert.ok(result.survived, 'the process or a worker died')
    assert.equal(result.leaked, 0, 'connections or descriptors are left')
    if (skipIfSanitized !== false) return context.diagnostic(`memory: ${skipIfSanitized}`)
    const { rssBeforeMb, rssPeakMb, rssAfterMb } = result
    const memory = `${rssBeforeMb} MB before, ${rssPeakMb} at most, ${rssAfterMb} after`
    assert.ok(rssPeakMb - rssBeforeMb <= bounds.peak, memory)
    assert.ok(rssAfterMb - rssBeforeMb <= bounds.after, memory)
  })
}
