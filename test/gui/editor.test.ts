import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { node, openFile, rewrite, text } from './support/steps.ts'

const SCRIPT = 'pipy()\n\n.listen(6080)\n  .decodeHttpRequest()\n  .encodeHttpResponse()\n'

test(
  'the graph follows the text, and a click in it leads to the line',
  BROWSER,
  async (context) => {
    const { url } = await startGui(context, { 'main.js': SCRIPT })
    const page = await openPage(context, url)
    await openFile(page, '/main.js')
    await rewrite(page, '/main.js', `${SCRIPT}\n.task('5s')\n  .dummy()\n`)
    await node(page, /^Task/).waitFor()
    await node(page, /^dummy/).click()
    await page.locator('.cm-activeLine').getByText('dummy').waitFor()
  },
)

test('errors are underlined and listed, and the last graph stays', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'main.js': SCRIPT })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  await node(page, /^Listen on/).waitFor()
  await rewrite(page, '/main.js', SCRIPT.replace('.encode', '.encode('))
  await page.locator('.cm-lintRange-error').first().waitFor()
  await page
    .getByRole('list', { name: 'Problems' })
    .getByText(/line \d/)
    .first()
    .waitFor()
  await page.getByText('As it was before the error').waitFor()
  assert.ok(await node(page, /^Listen on/).isVisible())
})

test(
  'an error is underlined where it is, also when lines come before it',
  BROWSER,
  async (context) => {
    const { url } = await startGui(context, { 'main.js': SCRIPT })
    const page = await openPage(context, url)
    await openFile(page, '/main.js')
    const error = page.locator('.cm-lintRange-error')
    const line = page.locator('.cm-line').filter({ has: error })
    const problems = page.getByRole('list', { name: 'Problems' })
    await rewrite(page, '/main.js', SCRIPT.replace('Request()', 'Request(1 2)'))
    await problems.getByText('line 4').waitFor()
    assert.deepEqual(await line.allTextContents(), ['  .decodeHttpRequest(1 2)'])
    assert.deepEqual(await error.allTextContents(), ['2'])
    await page.keyboard.press('Control+Home')
    await page.keyboard.insertText('// one line\n// another\n')
    await problems.getByText('line 6').waitFor()
    assert.deepEqual(await line.allTextContents(), ['  .decodeHttpRequest(1 2)'])
    assert.deepEqual(await error.allTextContents(), ['2'])
  },
)

test('filters are completed and explained', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'main.js': SCRIPT })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  await rewrite(page, '/main.js', 'pipy()\n\n.listen(6080)\n')
  await page.keyboard.type('  .decodeHttpReq')
  await page.getByRole('option', { name: /decodeHttpRequest/ }).waitFor()
  await page.locator('.entry-card code').getByText('decodeHttpRequest').waitFor()
  // The list takes keys only after a moment, so that fast typing does not choose.
  await page.waitForTimeout(200)
  await page.keyboard.press('Enter')
  await text(page, '/main.js').getByText('.decodeHttpRequest()').waitFor()
  await page.keyboard.press('Escape')
  await text(page, '/main.js').getByText('listen').hover()
  await page.locator('.cm-tooltip-hover .entry-card').getByText('listen(').waitFor()
})
