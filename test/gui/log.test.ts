import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { openFile } from './support/steps.ts'

const MANY = `((
  numbers = new Array(1200).fill(0).map((_, index) => index)
) => pipy()

.task('1s')
  .onSessionStart(() => numbers.forEach(number => console.log('line', number)))
  .replaceMessage(new SessionEnd)
)()
`

test('of a log that grows fast few lines are rendered at a time', BROWSER, async (context) => {
  const { url, call } = await startGui(context, { 'main.js': MANY })
  const page = await openPage(context, url)
  const log = page.getByRole('log')
  await call('POST', '/api/v1/program', { path: '/main.js' })
  await page.getByText(/^[2-5]\d\d\d lines$/).waitFor()
  assert.ok((await log.locator('.log-line').count()) <= 200)
  await log.getByText('line 1199').last().waitFor()
  // Who looks back sees more, and stays where he is.
  await call('DELETE', '/api/v1/program')
  await page.getByText('Stopped').first().waitFor()
  await log.hover()
  await page.mouse.wheel(0, -600)
  await log.locator('.log-line').nth(900).waitFor({ state: 'attached' })
})

test('a text that is too large to check is not taken for a good one', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'main.js': `pipy()\n//${'x'.repeat(3 << 20)}\n` })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  await page.getByText('not looked at: it is larger than 2 MiB').first().waitFor()
})
