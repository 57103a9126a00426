import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { AppServer } from '../integration/support/app-server.ts'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { goTo } from './support/steps.ts'

test('the dashboard shows and steers a load balancer', BROWSER, async (context) => {
  const port = await findFreePort()
  const upstream = await AppServer.start(context, 'one')
  const config = `listeners:
  - { address: 127.0.0.1:${port}, upstream: api }
upstreams:
  api: { endpoints: [${upstream.address}] }
`
  const { url, call } = await startGui(context, { 'lb.yaml': config })
  await call('POST', '/api/v1/program', { path: '/lb.yaml' })
  keepAsking(context, port)
  const page = await openPage(context, url)
  await goTo(page, 'Dashboard')

  // Numbers.
  const requests = page.locator('.tiles > div').filter({ hasText: 'Requests' })
  await requests.getByText(/[1-9][\d.]*k?\/s/).waitFor()
  for (const name of ['Requests', 'Throughput', 'Active', 'Latency'])
    await page.getByRole('img', { name: `${name} over the last minutes` }).waitFor()
  await page.getByRole('img', { name: 'Latency by share of requests' }).waitFor()
  await page.getByRole('button', { name: 'By upstream' }).click()
  await page.getByRole('img', { name: 'Latency p99 over the last minutes' }).waitFor()

  // Endpoints.
  const endpoint = page
    .getByRole('table', { name: 'Endpoints' })
    .getByRole('row')
    .filter({ hasText: upstream.address })
  await endpoint.getByRole('button', { name: 'Drain' }).click()
  await endpoint.getByText('draining').waitFor()
  await endpoint.getByRole('button', { name: 'Enable' }).click()
  await endpoint.getByText('enabled').waitFor()
  await endpoint.getByRole('spinbutton').fill('7')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('weight 7').waitFor()
  // What the server would refuse is not asked for: the field shows what holds.
  const field = endpoint.getByRole('spinbutton')
  const showsSeven = async (): Promise<void> => {
    while ((await field.inputValue()) !== '7') await page.waitForTimeout(50)
  }
  await showsSeven()
  for (const weight of ['257', '-1', '1.5']) {
    await field.fill(weight)
    await page.keyboard.press('Enter')
    await showsSeven()
  }
  assert.equal((await call('GET', '/api/v1/upstreams')).json[0].weight, 7)

  // Workers.
  const workers = page.getByRole('table', { name: 'Workers' })
  await workers.getByRole('columnheader', { name: 'Busy' }).waitFor()
  const cpu = workers.getByRole('cell').filter({ has: page.getByLabel('CPU') })
  assert.match((await cpu.first().textContent()) ?? '', /^\s*[\d.]+ %$/)
  const count = page.getByRole('group', { name: 'Number of workers' })
  const before = Number(await count.getByRole('status').textContent())
  await count.getByRole('button', { name: 'One worker more' }).click()
  await count
    .getByRole('status')
    .getByText(String(before + 1))
    .waitFor()
  assert.equal((await call('GET', '/api/v1/program')).json.workers, before + 1)

  // One is the least.
  const less = count.getByRole('button', { name: 'One worker less' })
  for (let wanted = before; wanted >= 1; wanted--) {
    await less.click()
    await count.getByRole('status').getByText(String(wanted), { exact: true }).waitFor()
    assert.equal((await call('GET', '/api/v1/program')).json.workers, wanted)
  }
  assert.ok(await less.isDisabled())
})

test('the log is filtered by level and searched', BROWSER, async (context) => {
  const { url, call } = await startGui(context, { 'bad.js': 'pipy(' })
  await call('POST', '/api/v1/program', { path: '/bad.js' })
  const page = await openPage(context, url)
  const lines = page.locator('.log-line')
  await lines.getByText('Web UI on').waitFor()
  await page.getByLabel('Level').selectOption('error')
  await lines.getByText('Web UI on').waitFor({ state: 'detached' })
  assert.ok((await lines.count()) > 0)
  await page.getByLabel('Level').selectOption('all')
  await page.getByLabel('Search the log').fill('web ui')
  await lines.getByText('Web UI on').waitFor()
  assert.equal(await lines.count(), 1)
})
