import assert from 'node:assert/strict'
import { test } from 'node:test'
import { curl } from '../integration/support/curl.ts'
import { answering, freePort, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { entry, node, status, text } from './support/steps.ts'

test('everything of the story can be done with keys', BROWSER, async (context) => {
  const port = await freePort()
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

test('a theme is kept', BROWSER, async (context) => {
  const { url } = await startGui(context, {})
  const page = await openPage(context, url)
  const theme = (): Promise<unknown> => page.evaluate('document.documentElement.dataset.theme')
  const before = await theme()
  await page.keyboard.press('Alt+t')
  const after = await theme()
  assert.notEqual(after, before)
  await page.reload()
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  assert.equal(await theme(), after)
})
