import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { answering, caller, startGui, temporaryFiles } from '../integration/support/start-gui.ts'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { BROWSER, newPage, openPage } from './support/browser.ts'
import { entry, goTo, node, status } from './support/steps.ts'

async function startAt(
  context: TestContext,
  address: string,
  path: string,
): Promise<{ sluice: SluiceProcess; token: string }> {
  const sluice = startSluice(context, [`--gui-port=${address}`, path])
  const [printed = ''] = await sluice.line(/\[gui\] Web UI on \S+/)
  return { sluice, token: /#token=(\S+)/.exec(printed)?.[1] ?? '' }
}

async function end({ sluice }: { sluice: SluiceProcess }): Promise<void> {
  sluice.child.kill('SIGKILL')
  await sluice.exit()
}

test('after a restart the graph is that of what runs then', BROWSER, async (context) => {
  const [gui, one, two] = [await findFreePort(), await findFreePort(), await findFreePort()]
  const root = temporaryFiles(context, {
    'one.js': answering(one, 'one'),
    'two.js': `${answering(two, 'two')}\n.task('5s')\n  .dummy()\n`,
  })
  const before = await startAt(context, `127.0.0.1:${gui}`, root)
  const url = `http://127.0.0.1:${gui}`
  await caller(url)('POST', '/api/v1/program', { path: '/one.js' })
  const page = await openPage(context, url)
  await goTo(page, 'Graph')
  await node(page, /^replaceMessage new Message\('one/).waitFor()
  await end(before)
  await page.getByRole('alert').getByText('connection to Sluice is lost').waitFor()
  await startAt(context, `127.0.0.1:${gui}`, root)
  await caller(url)('POST', '/api/v1/program', { path: '/two.js' })
  await status(page).getByText('/two.js').waitFor()
  await node(page, /^replaceMessage new Message\('two/).waitFor()
  await node(page, /^Task/).waitFor()
})

test('after a restart with another token the page asks for it', BROWSER, async (context) => {
  const gui = await findFreePort()
  const root = temporaryFiles(context, { 'main.js': answering(0, 'Hello!') })
  const before = await startAt(context, `0.0.0.0:${gui}`, root)
  const page = await newPage(context)
  await page.goto(`http://127.0.0.1:${gui}/#token=${before.token}`)
  await entry(page, '/main.js').waitFor()
  await end(before)
  const { token } = await startAt(context, `0.0.0.0:${gui}`, root)
  assert.notEqual(token, before.token)
  await page.getByLabel('Token').fill(token)
  await page.getByRole('button', { name: 'Go on' }).click()
  await entry(page, '/main.js').click()
  await page.getByRole('button', { name: 'Run' }).click()
  await status(page).getByText('on 127.0.0.1').waitFor()
  assert.equal(await page.getByRole('alert').count(), 0)
})

test('why a start failed is shown whoever asked for it', BROWSER, async (context) => {
  const { url, call } = await startGui(context, { 'main.js': 'pipy()\n\n.nonsense()\n' })
  await call('POST', '/api/v1/program', { path: '/main.js' })
  const page = await openPage(context, url)
  const told = status(page).getByRole('link', { name: 'the last start failed' })
  await told.click()
  await page.getByRole('list', { name: 'Problems' }).getByText('nonsense').first().waitFor()
  await call('POST', '/api/files/main.js', answering(0, 'Hello!'))
  await call('POST', '/api/v1/program', { path: '/main.js' })
  await told.waitFor({ state: 'detached' })
})
