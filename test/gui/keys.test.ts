import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { curl } from '../integration/support/curl.ts'
import { answering, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { entry, node, status, text } from './support/steps.ts'

test('everything of the story can be done with keys', BROWSER, async (context) => {
  const port = await findFreePort()
  const { url } = await startGui(context, { 'hello/main.js': answering(port, 'Hello!') })
  const page = await openPage(context, url)
  await entry(page, '/hello').focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  await text(page, '/hello/main.js').waitFor()
  await page.keyboard.press('Control+Enter')
  await status(page).getByText(`on 127.0.0.1:${port}`).waitFor()
  assert.equal((await curl(`http://localhost:${port}`)).stdout, 'Hello!\n')
  await page.keyboard.press('Alt+3')
  await page.getByRole('table', { name: 'Workers' }).waitFor()
  await page.keyboard.press('Alt+2')
  await page.getByText('Click a filter or a pipeline').waitFor()
  await node(page, /^replaceMessage/).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Details' }).getByText('Documentation').waitFor()
  await page.keyboard.press('Alt+s')
  await status(page).getByText('stopped').waitFor()
})

test('F1 shows the keys, and Escape closes what is open', BROWSER, async (context) => {
  const { url } = await startGui(context, {})
  const page = await openPage(context, url)
  await page.keyboard.press('F1')
  await page.getByRole('dialog', { name: 'Keys' }).getByText('Ctrl-Enter').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('Tab leads everywhere, and nothing needs a mouse', BROWSER, async (context) => {
  const port = await findFreePort()
  const { url } = await startGui(context, { 'main.js': answering(port, 'Hello!') })
  const page = await openPage(context, url)
  await entry(page, '/main.js').waitFor()
  await tabTo(page, '[role="treeitem"]')
  await page.keyboard.press('Enter')
  await text(page, '/main.js').waitFor()
  await page.keyboard.press('Control+Enter')
  await status(page).getByText(`on 127.0.0.1:${port}`).waitFor()
  await page.keyboard.press('Alt+2')
  await node(page, /^replaceMessage/).waitFor()
  await tabTo(page, '[aria-label^="replaceMessage"]')
  await page.keyboard.press('Enter')
  const details = page.getByRole('region', { name: 'Details' })
  await details.getByText('Documentation').waitFor()
  await tabTo(page, '[aria-label="Details"] button')
  await page.keyboard.press('Escape')
  await details.waitFor({ state: 'detached' })
  assert.ok(await page.evaluate(`document.activeElement.matches('[aria-label^="replaceMessage"]')`))
  await page.keyboard.press('Alt+s')
  await status(page).getByText('stopped').waitFor()
  await page.keyboard.press('Alt+1')
  await text(page, '/main.js').waitFor()
})

/** Presses Tab until what it leads to is wanted. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`document.activeElement.matches('${wanted}')`)) return
  }
  assert.fail(`Tab does not lead to ${wanted}`)
}

test('both themes can be chosen, and are kept', BROWSER, async (context) => {
  const { url } = await startGui(context, {})
  const page = await openPage(context, url)
  const look = (): Promise<unknown> =>
    page.evaluate(
      '[document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]',
    )
  const looks = [await look()]
  for (let switches = 0; switches < 2; switches++) {
    await page.keyboard.press('Alt+t')
    looks.push(await look())
    await page.reload()
    await page.getByRole('navigation', { name: 'Pages' }).waitFor()
    assert.deepEqual(await look(), looks.at(-1))
  }
  assert.notDeepEqual(looks[1], looks[0])
  assert.deepEqual(looks[2], looks[0])
})
