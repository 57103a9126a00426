import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { entry, openFile, rewrite, text } from './support/steps.ts'

test(
  'what is unsaved of a file that is gone can be saved after a reload',
  BROWSER,
  async (context) => {
    const { url, root, call } = await startGui(context, {
      'lib/main.js': '// as it was',
      'a.js': '',
    })
    const page = await openPage(context, url)
    await openFile(page, '/lib/main.js')
    await rewrite(page, '/lib/main.js', '// unsaved')
    await entry(page, '/lib/main.js').getByLabel('not saved').waitFor()
    rmSync(join(root, 'lib'), { recursive: true })
    await page.goto('about:blank')
    await page.goto(url)
    await openFile(page, '/lib/main.js')
    await text(page, '/lib/main.js').getByText('// unsaved').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Overwrite' }).click()
    await entry(page, '/lib/main.js').getByLabel('not saved').waitFor({ state: 'detached' })
    assert.equal((await call('GET', '/api/files/lib/main.js')).text, '// unsaved')
  },
)

test('a file that is deleted and made again is opened again', BROWSER, async (context) => {
  const { url, root, call } = await startGui(context, { 'main.js': '// as it was' })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  rmSync(join(root, 'main.js'))
  await entry(page, '/main.js').waitFor({ state: 'detached' })
  await text(page, '/main.js').waitFor({ state: 'detached' })
  await call('POST', '/api/files/main.js', '// made again')
  await text(page, '/main.js').getByText('made again').waitFor()
})
