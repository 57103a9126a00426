import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { runSluice } from '../../support/sluice-process.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { curl } from '../support/curl.ts'
import { startCollector } from '../support/otlp-collector.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'

async function start(context: TestContext, otlp: string): Promise<RunningAdmin> {
  const file = join(temporaryFolder(context), 'lb.json')
  const listeners = [{ address: '127.0.0.1:0', routes: [{ respond: { body: 'ok' } }] }]
  writeFileSync(file, JSON.stringify({ listeners, tracing: { otlp } }))
  return startAdmin(context, [file, '--workers', '1'])
}

async function ask({ ports }: RunningAdmin, count: number): Promise<void> {
  const { stdout } = await curl(`http://127.0.0.1:${ports[0]}/[1-${count}]`)
  assert.equal(stdout, 'ok'.repeat(count))
}

test('a collector that refuses costs its spans, and one line of the log', async (context) => {
  let isRefusing = true
  const collector = await startCollector(context, (answer) => {
    answer.writeHead(isRefusing ? 404 : 200).end()
  })
  const admin = await start(context, collector.url)
  for (const count of [5, 10]) {
    await ask(admin, 5)
    await scrapeUntil(admin, (one) => {
      return one.sum('sluice_trace_spans_dropped_total', { reason: 'collector' }) === count
    })
  }
  isRefusing = false
  await ask(admin, 5)
  await scrapeUntil(admin, (one) => one.sum('sluice_trace_spans_sent_total') === 5)
  const { sluice } = admin
  await sluice.line(/\[tracing\] \S+ takes spans again/)
  assert.equal(sluice.stdout.split('does not take spans').length, 2)
  assert.match(
    sluice.stdout,
    /\[tracing\] http:\S+\/v1\/traces does not take spans: 404 Not Found: it has no such path: collectors take traces at \/v1\/traces\n/,
  )
})

test('a collector that never answers holds up neither requests nor the end', async (context) => {
  const collector = await startCollector(context, () => {})
  const admin = await start(context, collector.url)
  // More than may wait: some are dropped, and the rest is lost at the end.
  await ask(admin, 6000)
  await scrapeUntil(admin, (one) => {
    return one.sum('sluice_trace_spans_dropped_total', { reason: 'queue' }) > 0
  })
  admin.sluice.signal('SIGTERM')
  assert.equal((await admin.sluice.exit()).status, 0)
})

test('a collector that is not there', async (context) => {
  const admin = await start(context, `http://127.0.0.1:${await findFreePort()}`)
  await ask(admin, 3)
  await admin.sluice.line(/does not take spans: .*nobody listens there: is the collector running\?/)
  await ask(admin, 3)
})

test('without a config that asks for spans there are no metrics of them', async (context) => {
  const admin = await startAdmin(context, ['lb', '--listen', '127.0.0.1:0', '--to', '127.0.0.1:1'])
  const { text } = await admin.call('GET', '/metrics')
  assert.doesNotMatch(text, /sluice_trace/)
})

test('what is wrong with the section is told in one line', async (context) => {
  const file = join(temporaryFolder(context), 'lb.yaml')
  const rest = 'listeners: [{ address: 1, routes: [{ respond: {} }] }]\n'
  for (const [tracing, problem] of [
    [
      '{ otlp: "collector:4318" }',
      'tracing.otlp: expected the http or https URL of a collector, such as http://127.0.0.1:4318, found "collector:4318"',
    ],
    ['{ otlp: "http://c", sample: 2 }', 'tracing.sample: expected a share from 0 to 1, found 2'],
  ]) {
    writeFileSync(file, `${rest}tracing: ${tracing}\n`)
    const { status, stdout, stderr } = await runSluice([file, '--verify'])
    assert.equal(status, 1)
    assert.ok(`${stdout}${stderr}`.includes(`${problem}`), `${stdout}${stderr}`)
  }
})
