import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { answering, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { openFile } from './support/steps.ts'

test('a read-only UI has no button that changes anything', BROWSER, async (context) => {
  const port = await findFreePort()
  const files = { 'main.js': answering(port, 'Hello!') }
  const { url } = await startGui(context, files, ['--gui-readonly'])
  const page = await openPage(context, url)
  await page.getByText('read-only').waitFor()
  await openFile(page, '/main.js')
  for (const name of ['New file', 'Rename', 'Delete', 'Save', 'Run', 'Stop'])
    assert.equal(await page.getByRole('button', { name, exact: true }).count(), 0, name)
})

test('the page is served with a policy that lets nothing else in', BROWSER, async (context) => {
  const { url } = await startGui(context, {})
  const { headers } = await fetch(url)
  const policy = headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'self'/)
  assert.doesNotMatch(policy, /unsafe|blob:|\*/)
})
