import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { node, openFile, rewrite, text } from './support/steps.ts'

const CONFIG = `listeners:
  - address: 127.0.0.1:6080
    upstream: shop
upstreams:
  shop:
    endpoints: [127.0.0.1:9001]
`

/** Waits for a completion, and asks for it where the schema came only after the text was typed. */
async function offered(page: Page, name: string | RegExp): Promise<void> {
  const option = page.getByRole('option', { name })
  for (let asked = 0; asked < 20 && !(await option.isVisible()); asked++) {
    await page.waitForTimeout(500)
    if (!(await option.isVisible())) await page.keyboard.press('Control+Space')
  }
  await option.waitFor()
  // The editor takes no key for a completion that has just appeared.
  await page.waitForTimeout(200)
}

test('keys and values of configs are completed and explained', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'lb.yaml': CONFIG, 'lb.json': '' })
  const page = await openPage(context, url)
  await openFile(page, '/lb.yaml')
  await text(page, '/lb.yaml').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('    bal')
  await offered(page, /^balance/)
  await page.keyboard.press('Enter')
  await offered(page, 'least-connections')
  await page.keyboard.type('least-c')
  await page.waitForTimeout(200)
  await page.keyboard.press('Enter')
  await text(page, '/lb.yaml').getByText('balance: least-connections').waitFor()
  await page.keyboard.press('Escape')
  await text(page, '/lb.yaml').getByText('endpoints').hover()
  await page.locator('.cm-tooltip-hover .entry-card').getByText('endpoints: ').waitFor()

  await openFile(page, '/lb.json')
  await text(page, '/lb.json').click()
  await page.keyboard.type('{ "list')
  await offered(page, /^listeners/)
  await page.keyboard.press('Enter')
  await text(page, '/lb.json').getByText('{ "listeners": []}').waitFor()
})

test('a key that no config has is underlined', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'lb.yaml': CONFIG })
  const page = await openPage(context, url)
  await openFile(page, '/lb.yaml')
  await rewrite(page, '/lb.yaml', CONFIG.replace('endpoints', 'endpoint'))
  await page.locator('.cm-lintRange-error').first().waitFor()
  const problems = page.getByRole('list', { name: 'Problems' })
  await problems.getByText(/unknown key "endpoint": did you mean "endpoints"/).waitFor()
})

test('nodes of a config lead to its lines, and lines to their nodes', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'lb.yaml': CONFIG })
  const page = await openPage(context, url)
  await openFile(page, '/lb.yaml')
  await node(page, /^connect/).click()
  await page.locator('.cm-activeLine').getByText('endpoints').waitFor()
  await text(page, '/lb.yaml').getByText('address').click()
  await page.getByRole('button', { name: /^Listen on/, pressed: true }).waitFor()
})

test('a config that is a module is drawn when it may run', BROWSER, async (context) => {
  const config = `export default ${JSON.stringify({
    listeners: [{ address: 6080, upstream: 'shop' }],
    upstreams: { shop: { endpoints: [9001] } },
  })}\n`
  const { url } = await startGui(context, { 'lb.config.ts': config })
  const page = await openPage(context, url)
  await openFile(page, '/lb.config.ts')
  await page.getByRole('button', { name: 'Run it to draw it' }).click()
  await node(page, /^Listen on .*6080/).waitFor()
  await rewrite(page, '/lb.config.ts', config.replace('6080', '6081'))
  await page.getByText('As it was when it was saved').waitFor()
  await page.keyboard.press('Control+s')
  await node(page, /^Listen on .*6081/).waitFor()
})
