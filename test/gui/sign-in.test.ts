import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { answering, temporaryFiles } from '../integration/support/start-gui.ts'
import { startSluice } from '../support/sluice-process.ts'
import { BROWSER, newPage, openPage } from './support/browser.ts'
import { entry } from './support/steps.ts'

/** Starts a UI for other machines. */
async function startOpenGui(context: TestContext): Promise<{ url: string; token: string }> {
  const root = temporaryFiles(context, { 'main.js': answering(0, 'Hello!') })
  const sluice = startSluice(context, ['--gui-port=0.0.0.0:0', root])
  const [, port] = await sluice.line(/\[gui\] Web UI on http:\/\/0\.0\.0\.0:(\d+)\/#token=\S+/)
  const [, token = ''] = await sluice.line(/#token=(\S+)/)
  return { url: `http://127.0.0.1:${port}`, token }
}

test('bound elsewhere, the page asks for the token once', BROWSER, async (context) => {
  const { url, token } = await startOpenGui(context)
  const page = await newPage(context)
  await page.goto(url)
  const field = page.getByLabel('Token')
  const send = page.getByRole('button', { name: 'Go on' })
  await field.fill('nonsense')
  await send.click()
  await page.locator('.notice.is-bad').waitFor()
  assert.equal(await entry(page, '/main.js').count(), 0)
  await field.fill(token)
  await send.click()
  await entry(page, '/main.js').waitFor()
  // The cookie stands for it from now on, and the page can do what it does elsewhere.
  await page.reload()
  await entry(page, '/main.js').click()
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('status', { name: 'Program' }).getByText('on 127.0.0.1').waitFor()
})

test('the printed address signs in by itself, and does not stay', BROWSER, async (context) => {
  const { url, token } = await startOpenGui(context)
  const page = await openPage(context, `${url}/#token=${token}`)
  await entry(page, '/main.js').waitFor()
  assert.doesNotMatch(page.url(), /token/)
  const stranger = await newPage(context)
  await stranger.goto(url)
  await stranger.getByLabel('Token').waitFor()
})
