import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { AppServer } from '../integration/support/app-server.ts'
import { answering, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { goTo } from './support/steps.ts'

/** So slow that no machine is by itself. */
const SLOW_MS = 300

/** What the distribution says that half of the requests took, once it says something. */
async function medianOf(page: Page): Promise<number> {
  const chart = page.locator('figure').filter({ hasText: 'Latency distribution' })
  const key = chart.locator('.key').filter({ hasText: /^p50 \d/ })
  const [, value = '', unit] = /^p50 ([\d.]+) (m?s)/.exec((await key.textContent()) ?? '') ?? []
  return Number(value) * (unit === 's' ? 1000 : 1)
}

async function startTwoUpstreams(context: TestContext): Promise<string> {
  const [fast, slow] = [await findFreePort(), await findFreePort()]
  const servers = await Promise.all(['fast', 'slow'].map((name) => AppServer.start(context, name)))
  const [one, other] = servers.map(({ address }) => address)
  if (servers[1] !== undefined)
    servers[1].handler = (_, response) => setTimeout(() => response.end('slow'), SLOW_MS)
  const { url, call } = await startGui(context, {
    'lb.yaml': `listeners:
  - { name: fast, address: 127.0.0.1:${fast}, upstream: fast }
  - { name: slow, address: 127.0.0.1:${slow}, upstream: slow }
upstreams:
  fast: { endpoints: [${one}] }
  slow: { endpoints: [${other}] }
process: { workers: 1 }
`,
  })
  await call('POST', '/api/v1/program', { path: '/lb.yaml' })
  keepAsking(context, fast)
  keepAsking(context, slow)
  return url
}

test('one upstream has another distribution than the other', BROWSER, async (context) => {
  const page = await openPage(context, await startTwoUpstreams(context))
  await goTo(page, 'Dashboard')
  const subject = page.getByLabel('Latency of', { exact: true })
  const chart = (name: string) => page.getByRole('img', { name: `${name} over the last minutes` })
  await chart('Latency').waitFor()

  await subject.selectOption({ label: 'slow' })
  await chart('Latency of slow').waitFor()
  await page.getByText(/^since \d/).waitFor()
  const slow = await medianOf(page)
  assert.ok(slow > SLOW_MS * 0.95, `${slow} ms`)

  // With keys.
  await subject.focus()
  await page.keyboard.press('ArrowUp')
  await chart('Latency of fast').waitFor()
  const fast = await medianOf(page)
  assert.ok(fast < SLOW_MS * 0.95, `${fast} ms`)

  await subject.selectOption({ label: 'worker 0' })
  await chart('Latency of worker 0').waitFor()
  await medianOf(page)

  // Rows of tables.
  const row = page.getByRole('table', { name: 'Endpoints' }).getByRole('row')
  await row
    .filter({ hasText: 'slow' })
    .getByText(/^3\d\d ms$/)
    .first()
    .waitFor()
  const workers = page.getByRole('table', { name: 'Workers' })
  await workers.getByRole('columnheader', { name: 'p50' }).waitFor()

  // The browser remembers it.
  await page.reload()
  await chart('Latency of worker 0').waitFor()
  assert.equal(await subject.inputValue(), 'worker:0')
  await subject.selectOption({ label: 'all requests' })
  await chart('Latency').waitFor()
})

test('a script has latencies of all and of workers', BROWSER, async (context) => {
  const port = await findFreePort()
  const { url, call } = await startGui(context, { 'main.js': answering(port, 'Hello!') })
  await call('POST', '/api/v1/program', { path: '/main.js' })
  keepAsking(context, port)
  const page = await openPage(context, url)
  await goTo(page, 'Dashboard')
  const subject = page.getByLabel('Latency of', { exact: true })
  await subject.selectOption({ label: 'worker 0' })
  assert.deepEqual(await subject.locator('option').allTextContents(), ['all requests', 'worker 0'])
  await page.getByRole('img', { name: 'Latency of worker 0 over the last minutes' }).waitFor()
  assert.ok((await medianOf(page)) > 0)
})
