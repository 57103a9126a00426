import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { AppServer } from '../integration/support/app-server.ts'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { goTo, node, openFile } from './support/steps.ts'

/** Elements that are wider than what they are in, and texts that are cut without a sign of it. */
const TOO_WIDE = `(() => {
  const name = (one) => [one.tagName, one.className.baseVal ?? one.className].join('.')
  const wide = []
  const root = document.documentElement
  if (root.scrollWidth > innerWidth) wide.push('the page: ' + root.scrollWidth)
  for (const one of document.querySelectorAll('body *:not(svg *, .sr-only)')) {
    const { overflowX, textOverflow } = getComputedStyle(one)
    const isCut = one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1
    const hasSign = textOverflow === 'ellipsis'
    // The log is as wide as its lines.
    if (isCut && overflowX !== 'visible' && !hasSign && one.closest('[role=log]') === null)
      wide.push(name(one) + ': ' + one.scrollWidth + ' in ' + one.clientWidth)
    const { right } = one.getBoundingClientRect()
    if (right > innerWidth + 1 && one.closest('[role=log]') === null)
      wide.push(name(one) + ' ends at ' + Math.round(right))
  }
  return wide
})()`

for (const width of [1280, 1920]) {
  test(
    `at ${width} pixels nothing is cut, and nothing is wider than the page`,
    BROWSER,
    async (context) => {
      const port = await findFreePort()
      const servers = await Promise.all(
        ['one', 'two'].map((name) => AppServer.start(context, name)),
      )
      const { url, call } = await startGui(context, {
        'a-folder/lb.yaml': `listeners:
  - { name: shop.example.com, address: 127.0.0.1:${port}, upstream: a-name-of-some-length }
upstreams:
  a-name-of-some-length:
    endpoints: [${servers.map(({ address }) => address).join(', ')}]
`,
      })
      await call('POST', '/api/v1/program', { path: '/a-folder/lb.yaml' })
      keepAsking(context, port)
      const page = await openPage(context, url)
      await page.setViewportSize({ width, height: 800 })
      const isGood = async (what: string): Promise<void> =>
        assert.deepEqual(await page.evaluate(TOO_WIDE), [], what)
      await openFile(page, '/a-folder/lb.yaml')
      await node(page, /^Listen/).waitFor()
      await isGood('the editor')
      await goTo(page, 'Graph')
      await node(page, /^mux/).click()
      await page.getByRole('region', { name: 'Details' }).waitFor()
      await page.locator('.flow').getByText('msg/s').first().waitFor()
      await isGood('the graph')
      await goTo(page, 'Dashboard')
      await hasNumbers(page)
      await isGood('the dashboard')
      await page.keyboard.press('F1')
      await page.getByRole('dialog').waitFor()
      await isGood('the keys')
    },
  )
}

async function hasNumbers(page: Page): Promise<void> {
  await page.getByRole('table', { name: 'Endpoints' }).waitFor()
  await page.getByRole('img', { name: 'Latency by share of requests' }).waitFor()
}
