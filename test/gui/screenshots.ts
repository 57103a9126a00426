/**
 * Writes a picture of each page of the web UI to docs/images, with traffic going through what it
 * shows: `npm run screenshots`. Takes about two minutes, so that charts have something to show.
 */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { AppServer } from '../integration/support/app-server.ts'
import { startGui } from '../integration/support/start-gui.ts'
import { openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { goTo, node, openFile, status, text } from './support/steps.ts'

const FOLDER = 'docs/images'
const SIZE = { width: 1280, height: 800 }
/** Documents are read on small lines, too. */
const MAX_BYTES = 200_000
const CLIENTS = 12
const CHART_MS = 60_000
const TIMEOUT_MS = 300_000

test('pictures of the web UI', { timeout: TIMEOUT_MS }, async (context) => {
  const servers = await Promise.all(['red', 'green', 'blue'].map((name) => slow(context, name)))
  const [script, config] = [await findFreePort(), await findFreePort()]
  const { url, call } = await startGui(context, {
    'hello/main.js': readFileSync('examples/hello/main.js', 'utf8'),
    'shop/main.js': routing(script, servers),
    'shop/lb.yaml': balancing(config, servers),
    'README.md': readFileSync('examples/README.md', 'utf8'),
  })
  const page = await openPage(context, url)
  await page.setViewportSize(SIZE)
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  for (let client = 0; client < CLIENTS; client++)
    for (const port of [script, config]) keepAsking(context, port)

  await call('POST', '/api/v1/program', { path: '/shop/main.js' })
  await openFile(page, '/shop/main.js')
  await status(page).getByText(`:${script}`).waitFor()
  await node(page, /^Listen/).waitFor()
  await picture(page, 'editor-dark')

  await openFile(page, '/shop/lb.yaml')
  await node(page, /^Listen/).waitFor()
  await text(page, '/shop/lb.yaml').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('    ')
  await page.keyboard.press('Control+Space')
  await page.locator('.cm-completionInfo').waitFor()
  await picture(page, 'config-dark')
  // Unsaved text would be a dot on the other pictures.
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()

  await goTo(page, 'Graph')
  await page.locator('.flow').getByText('msg/s').first().waitFor()
  await node(page, /^mux/).click()
  await page.getByRole('spinbutton').fill('24')
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByText('"method": "GET"').first().waitFor()
  await picture(page, 'graph-dark')

  await call('POST', '/api/v1/program', { path: '/shop/lb.yaml' })
  await goTo(page, 'Dashboard')
  await page.getByRole('table', { name: 'Endpoints' }).waitFor()
  await page.waitForTimeout(CHART_MS)
  await picture(page, 'dashboard-dark')
  await page.keyboard.press('Alt+t')
  await picture(page, 'dashboard-light')
})

async function picture(page: Page, name: string): Promise<void> {
  // Numbers come each second, and messages in the corner go after three.
  await page.waitForTimeout(4000)
  const { length } = await page.screenshot({ path: `${FOLDER}/${name}.png` })
  assert.ok(length < MAX_BYTES, `${name}: ${length} bytes`)
}

/** A server that takes some time, mostly little. */
async function slow(context: TestContext, name: string): Promise<AppServer> {
  const server = await AppServer.start(context, name)
  server.handler = (_request, response) => {
    setTimeout(() => response.end(`${name}\n`), Math.min(40, 0.4 / Math.random()))
  }
  return server
}

function routing(port: number, servers: readonly AppServer[]): string {
  return `pipy({
  _router: new algo.URLRouter({
    '/*': new algo.RoundRobinLoadBalancer({
${servers.map((one) => `      '${one.address}': 1,`).join('\n')}
    }),
  }),
  _target: undefined,
})

.listen(${port}, { host: '127.0.0.1' })
  .decodeHttpRequest()
  .demux('request')
  .encodeHttpResponse()

.pipeline('request')
  .onMessageStart(
    e => _target = _router.find(e.head.headers.host, e.head.path)?.select()
  )
  .link(
    'forward', () => _target !== undefined,
    'not-found'
  )

.pipeline('forward')
  .mux('upstream', () => _target)

.pipeline('upstream')
  .encodeHttpRequest()
  .connect(() => _target)
  .decodeHttpResponse()

.pipeline('not-found')
  .replaceMessage(new Message({ status: 404 }, 'No route\\n'))
`
}

function balancing(port: number, servers: readonly AppServer[]): string {
  const [first = '', ...others] = servers.map((one) => one.address)
  return `listeners:
  - address: 127.0.0.1:${port}
    routes:
      - { match: { headers: { x-beta: "yes" } }, upstream: beta }
      - { upstream: shop }

upstreams:
  shop:
    endpoints: [${others.join(', ')}]
    balance: least-connections
    health: { path: /, interval: 2s }
  beta:
    endpoints: [${first}]
`
}
