import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { node, openFile, text } from './support/steps.ts'

const COUNT = 300

/** A script of many pipelines, each of which leads to two others. */
function many(): string {
  const pipelines = Array.from({ length: COUNT - 1 }, (_, number) => {
    const targets = [number * 2 + 1, number * 2 + 2].filter((one) => one < COUNT - 1)
    const forks = targets.map((one) => `  .fork('p${one}')\n`).join('')
    return `.pipeline('p${number}')\n${forks}  .connect('127.0.0.1:9')\n`
  })
  return `pipy()\n.listen(6080)\n  .link('p0')\n${pipelines.join('')}`
}

test('hundreds of pipelines are seen at once, found and read', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'main.js': many() })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  const cards = page.locator('[data-pipeline]')
  await cards.nth(COUNT - 1).waitFor({ state: 'attached' })
  assert.equal(await cards.count(), COUNT)
  // All of them lie within the window of the graph.
  assert.equal(
    await page.evaluate(`(() => {
      const { left, right, top, bottom } = document.querySelector('.flow-drawing').getBoundingClientRect()
      return [...document.querySelectorAll('[data-pipeline]')].filter((card) => {
        const box = card.getBoundingClientRect()
        return box.left < left || box.right > right || box.top < top || box.bottom > bottom
      }).length
    })()`),
    0,
  )
  const search = page.getByRole('searchbox', { name: 'Find a pipeline' })
  await search.fill('p271')
  await search.press('Enter')
  await page.getByRole('button', { name: 'p271', pressed: true }).waitFor()
  const place = await node(page, /^p271$/).boundingBox()
  const window = await page.locator('.flow-drawing').boundingBox()
  assert.ok(place !== null && window !== null)
  assert.ok(place.x > window.x && place.y > window.y && place.height > 30)

  // The text is typed while the graph is on its way.
  await text(page, '/main.js').click()
  await page.keyboard.press('Control+Home')
  await page.keyboard.type('// typed\n')
  await text(page, '/main.js').getByText('// typed').waitFor()
})
