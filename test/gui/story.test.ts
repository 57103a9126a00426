import assert from 'node:assert/strict'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { curl } from '../integration/support/curl.ts'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { keepAsking } from './support/requests.ts'
import { entry, goTo, node, openFile, rewrite, status, text } from './support/steps.ts'

/** Another answer, and a line of the log for each request. */
const ANSWER = `message => (
      console.log('was asked for', message.head.path),
      new Message('Bye!\\n')
    )`

test('the story of the tutorial', BROWSER, async (context) => {
  const port = await findFreePort()
  const { url, root } = await startGui(context, {})
  // The examples as they are shipped, but for the port.
  cpSync('examples', root, { recursive: true })
  const hello = readFileSync('examples/hello/main.js', 'utf8').replace(
    '.listen(6080)',
    `.listen(${port}, { host: '127.0.0.1' })`,
  )
  const bye = hello.replace("new Message('Hello!\\n')", ANSWER)
  assert.ok(bye.includes('Bye!'))
  writeFileSync(join(root, 'hello/main.js'), hello)
  const page = await openPage(context, url)

  // Expand the example, click its script, see its text and graph.
  await openFile(page, '/hello/main.js')
  await text(page, '/hello/main.js').getByText('Hello!').waitFor()
  await node(page, /^Listen on /).waitFor()
  for (const name of ['decodeHttpRequest', 'replaceMessage', 'encodeHttpResponse'])
    await node(page, new RegExp(`^${name}`)).waitFor()

  // Run it.
  await page.getByRole('button', { name: 'Run' }).click()
  await status(page).getByText(`on 127.0.0.1:${port}`).waitFor()
  await page.getByRole('log').getByText(`Listening on 127.0.0.1:${port}`).waitFor()
  const first = await curl('-i', `http://localhost:${port}`)
  assert.match(first.stdout, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(first.stdout, /\r\n\r\nHello!\n$/)

  // Edit it and save: what runs is the old text until it is restarted.
  await rewrite(page, '/hello/main.js', bye)
  await entry(page, '/hello/main.js').getByLabel('not saved').waitFor()
  await page.keyboard.press('Control+s')
  await entry(page, '/hello/main.js').getByLabel('not saved').waitFor({ state: 'detached' })
  assert.equal(readFileSync(join(root, 'hello/main.js'), 'utf8'), bye)
  assert.equal((await curl(`http://localhost:${port}`)).stdout, 'Hello!\n')
  await status(page).getByText('changed since it started').waitFor()
  const restarted = page.waitForResponse(`${url}/api/v1/program`)
  await page.getByRole('button', { name: 'Restart' }).click()
  await restarted
  await page.getByRole('log').getByText('Script started: /hello/main.js').nth(1).waitFor()
  assert.equal((await curl(`http://localhost:${port}`)).stdout, 'Bye!\n')
  await page.getByRole('log').getByText('was asked for /').waitFor()

  // See what flows.
  keepAsking(context, port)
  await goTo(page, 'Graph')
  await page
    .locator('.flow')
    .getByText(/\d msg\/s/)
    .first()
    .waitFor()

  // Stop it: the port is free.
  await page.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it' }).click()
  await status(page).getByText('stopped').waitFor()
  assert.equal((await curl(`http://localhost:${port}`)).status, 7)
})
