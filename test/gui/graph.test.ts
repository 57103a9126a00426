import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { answering, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { goTo, node, status } from './support/steps.ts'

test(
  'a filter of the running program shows what it is and what passes it',
  BROWSER,
  async (context) => {
    const port = await findFreePort()
    const { url, call } = await startGui(context, { 'main.js': answering(port, 'Hello!') })
    await call('POST', '/api/v1/program', { path: '/main.js' })
    const page = await openPage(context, url)
    await status(page).getByText('/main.js').waitFor()
    await goTo(page, 'Graph')
    await node(page, /^replaceMessage/).click()
    const details = page.getByRole('region', { name: 'Details' })
    await details.getByText("new Message('Hello!\\n')").waitFor()
    await details.getByText('Documentation').waitFor()

    await details.getByRole('spinbutton').fill('6')
    await details.getByRole('button', { name: 'Start', exact: true }).click()
    await details.getByText('Waiting for a session').waitFor()
    keepAsking(context, port)
    await details.getByText('"method": "GET"').first().waitFor()
    await details.locator('pre').getByText('Hello!').first().waitFor()
    await details.getByRole('button', { name: 'Start', exact: true }).waitFor()
    assert.equal(await details.locator('.tap-event').count(), 6)

    await details.getByLabel('Bodies').selectOption('hex')
    await details.getByText('48 65 6c 6c 6f 21 0a').first().waitFor()
  },
)

test('each line to one pipeline has the rate of who is there', BROWSER, async (context) => {
  const [busy, calm] = [await findFreePort(), await findFreePort()]
  const listen = (port: number): string => `.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('shared')
  .encodeHttpResponse()
`
  const text = `pipy()\n${listen(busy)}${listen(calm)}
.pipeline('shared')
  .replaceMessage(new Message('Hello!'))
`
  const { url, call } = await startGui(context, { 'main.js': text })
  await call('POST', '/api/v1/program', { path: '/main.js' })
  const page = await openPage(context, url)
  await goTo(page, 'Graph')
  keepAsking(context, busy, 10)
  keepAsking(context, calm, 400)
  const rateOf = async (pipeline: number): Promise<number> => {
    const wire = page.locator(`[data-wire="/main.js#${pipeline}.1 /main.js#2"]`)
    return Number.parseFloat((await wire.locator('text.rate').textContent()) ?? '')
  }
  await page.locator('[data-wire] text.rate').nth(1).waitFor()
  let rates: number[] = []
  // The first seconds may be those before there were any requests.
  for (let tries = 0; tries < 60 && !((rates[0] ?? 0) > 3 * (rates[1] ?? 0)); tries++) {
    await page.waitForTimeout(500)
    rates = [await rateOf(0), await rateOf(1)]
  }
  assert.ok((rates[0] ?? 0) > 3 * (rates[1] ?? 0) && (rates[1] ?? 0) > 0, rates.join(', '))
  await node(page, /^demux/)
    .first()
    .click()
  const details = page.getByRole('region', { name: 'Details' })
  await details.getByRole('row', { name: /^to shared/ }).waitFor()
})

test('a reload while somebody watches changes the graph, and goes on', BROWSER, async (context) => {
  const port = await findFreePort()
  const before = answering(port, 'Hello!')
  const { url, call } = await startGui(context, { 'main.js': before })
  await call('POST', '/api/v1/program', { path: '/main.js' })
  const page = await openPage(context, url)
  await goTo(page, 'Graph')
  keepAsking(context, port)
  const flowing = page
    .locator('.flow')
    .getByText(/\d msg\/s/)
    .first()
  await flowing.waitFor()
  const after = `${before.replace('Hello!', 'Bye!')}\n.task('5s')\n  .replaceMessage(new SessionEnd)\n`
  await call('POST', '/api/files/main.js', after)
  await call('POST', '/api/v1/program', { path: '/main.js' })
  await node(page, /^Task/).waitFor()
  await node(page, /^replaceMessage new Message\('Bye!/).click()
  await page.getByRole('region', { name: 'Details' }).getByText("new Message('Bye!\\n')").waitFor()
  // Connections of a script stay with it; new ones show what the new program does.
  keepAsking(context, port)
  const rates = page.getByRole('region', { name: 'Details' }).getByRole('table')
  await rates
    .getByRole('cell', { name: /^[1-9]/ })
    .first()
    .waitFor()
  await flowing.waitFor()
})

test('a graph is zoomed and panned with keys, and shown whole again', BROWSER, async (context) => {
  const port = await findFreePort()
  const { url, call } = await startGui(context, { 'main.js': answering(port, 'Hello!') })
  await call('POST', '/api/v1/program', { path: '/main.js' })
  const page = await openPage(context, url)
  await goTo(page, 'Graph')
  const drawing = page.locator('.flow-drawing > g')
  await drawing.waitFor()
  const whole = await drawing.getAttribute('transform')
  await page.locator('.flow-drawing').focus()
  await page.keyboard.press('-')
  await page.keyboard.press('ArrowLeft')
  const isWhole = page.locator(`.flow-drawing > g[transform="${whole}"]`)
  await isWhole.waitFor({ state: 'detached' })
  await page.keyboard.press('0')
  await isWhole.waitFor()
})
