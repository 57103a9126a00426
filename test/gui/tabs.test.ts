import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startGui, temporaryFiles } from '../integration/support/start-gui.ts'
import { startSluice } from '../support/sluice-process.ts'
import { BROWSER, newTab, openPage } from './support/browser.ts'
import { entry, openFile, rewrite, status, text } from './support/steps.ts'

/** Has a page believe that nobody sees it, or that somebody does: without a screen all are seen. */
async function show(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: ${!isSeen} })
    document.dispatchEvent(new Event('visibilitychange'))
  })()`)
}

test('many tabs do not keep each other from the server', BROWSER, async (context) => {
  const { url, call } = await startGui(context, { 'main.js': 'pipy()', 'other.js': 'pipy()' })
  const first = await openPage(context, url)
  const tabs = [first]
  for (let index = 0; index < 7; index++) {
    await show(tabs.at(-1) ?? first, false)
    const tab = await newTab(context, first.context())
    tabs.push(tab)
    await tab.goto(`${url}/#/${['editor', 'graph', 'dashboard'][index % 3]}`)
    await tab.getByRole('navigation', { name: 'Pages' }).waitFor()
    await status(tab).getByText('stopped').waitFor()
  }
  // What has happened meanwhile is there as soon as somebody looks.
  await call('POST', '/api/files/new.js', 'pipy()')
  await show(first, true)
  await entry(first, '/new.js').waitFor()
})

test('what is typed in two tabs is kept for both files', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'one.js': '', 'two.js': '' })
  const one = await openPage(context, url)
  const two = await newTab(context, one.context())
  await two.goto(url)
  await openFile(one, '/one.js')
  await openFile(two, '/two.js')
  await rewrite(one, '/one.js', '// the first')
  await rewrite(two, '/two.js', '// the second')
  await one.close()
  await two.reload()
  await entry(two, '/one.js').getByLabel('not saved').waitFor()
  await text(two, '/two.js').getByText('the second').waitFor()
  await openFile(two, '/one.js')
  await text(two, '/one.js').getByText('the first').waitFor()
})

test('drafts of another root directory are not shown', BROWSER, async (context) => {
  const mine = await startGui(context, { 'main.js': '// mine' })
  const port = new URL(mine.url).port
  const page = await openPage(context, mine.url)
  await openFile(page, '/main.js')
  await rewrite(page, '/main.js', '// unsaved')
  await entry(page, '/main.js').getByLabel('not saved').waitFor()
  mine.sluice.child.kill('SIGKILL')
  await mine.sluice.exit()
  const yours = temporaryFiles(context, { 'main.js': '// yours' })
  startSluice(context, [`--gui-port=127.0.0.1:${port}`, yours])
  // The page notices by itself that it talks to another one.
  await text(page, '/main.js').getByText('// yours').waitFor()
  assert.equal(await entry(page, '/main.js').getByLabel('not saved').count(), 0)
})
