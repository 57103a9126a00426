import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { registry } from '../../../src/filters/index.ts'
import { caseOf } from '../../fuzz/scripts/case.ts'
import { runCase } from '../../fuzz/scripts/run-case.ts'
import { isSanitized } from '../../support/sanitized.ts'

/*
 * Random scripts fed with random events. The same cases at every run, unless SLUICE_FUZZ_SECONDS
 * asks for new ones for so long per filter; a failure prints its seed, for SLUICE_FUZZ_SEED.
 */
const SECONDS = Number(process.env['SLUICE_FUZZ_SECONDS'] ?? 0)
const SEED = Number(process.env['SLUICE_FUZZ_SEED'] ?? (SECONDS > 0 ? Date.now() % 2 ** 31 : 1))
// With sanitizers a run takes five times as long, and native code sees the same few commands in all.
const RUNS = isSanitized ? 20 : 100

const path = join(tmpdir(), `sluice-fuzz-${process.pid}`)
const addresses = [`unix:${path}`, 'unix:/no/such/socket', '127.0.0.1:1', 'nonsense']
const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket))

before(() => once(echo.listen(path), 'listening'))
after(() => {
  echo.close()
  // Copies of `mirror` live until they are answered, and a child of `exec` that waits for more input
  // than its copy has never answers.
  setTimeout(() => process.exit(), 2000).unref()
})

for (const name of registry.keys()) {
  test(`${name}: whatever comes, what goes out is in order`, async (context) => {
    let runs = 0
    const property = fc.asyncProperty(caseOf(name, addresses), (one) => {
      runs++
      return runCase(one)
    })
    const limits =
      SECONDS > 0
        ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: SECONDS * 1000 }
        : { numRuns: RUNS }
    const details = await fc.check(property, { seed: SEED, ...limits })
    // No time for a single case, on a busy machine, is a failure to fast-check.
    if (details.failed && details.counterexample !== null) {
      const report = fc.defaultReportMessage(details)
      throw new Error(`${report}\n${String(details.errorInstance)}`)
    }
    context.diagnostic(`script-fuzz ${name} executions=${runs} seed=${SEED}`)
  })
}
