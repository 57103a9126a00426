import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'

const SCRIPT = `
pipy({ _g: { runs: 0 } })
  .listen(0)
  .task('0.2s')
    .onMessageStart(() => console.log('run', ++_g.runs))
    .replaceMessage(() => new SessionEnd)
`

for (const workers of [1, 3]) {
  test(`with ${workers} worker(s), a task runs on one of them`, async (context) => {
    const file = temporaryScript(context, SCRIPT)
    const sluice = startSluice(context, [file, '--workers', String(workers)])
    await sluice.ports()
    await sluice.line(/run 4/)
    const runs = sluice.stdout.match(/run \d+/g) ?? []
    assert.deepEqual(
      runs.slice(0, 4),
      [1, 2, 3, 4].map((n) => `run ${n}`),
    )
    sluice.signal('SIGTERM')
    assert.equal((await sluice.exit()).status, 0)
  })
}

test('a drain waits for the run in progress', async (context) => {
  const file = temporaryScript(
    context,
    `
    pipy()
      .listen(0)
      .task('1m')
        .onMessageStart(() => console.log('begun'))
        .replaceMessage(() => new Data('go'))
        .exec('sleep 1')
        .onSessionEnd(() => console.log('ended'))
    `,
  )
  const sluice = startSluice(context, [file])
  await sluice.line(/begun/)
  sluice.signal('SIGTERM')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /Received SIGTERM[\s\S]*ended[\s\S]*Stopped/)
})
