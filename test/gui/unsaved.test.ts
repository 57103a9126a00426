import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { entry, openFile, rewrite, text } from './support/steps.ts'

const SCRIPT = '// as it was'

test('what is not saved is there again after a reload', BROWSER, async (context) => {
  const { url, root } = await startGui(context, { 'main.js': SCRIPT })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  await rewrite(page, '/main.js', '// unsaved')
  await entry(page, '/main.js').getByLabel('not saved').waitFor()
  await page.reload()
  await text(page, '/main.js').getByText('// unsaved').waitFor()
  assert.equal(readFileSync(join(root, 'main.js'), 'utf8'), SCRIPT)
  await page.getByRole('button', { name: 'Discard' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click()
  await text(page, '/main.js').getByText('// as it was').waitFor()
})

test(
  'a file that somebody else has changed is not overwritten unasked',
  BROWSER,
  async (context) => {
    const { url, root } = await startGui(context, { 'main.js': SCRIPT })
    const page = await openPage(context, url)
    await openFile(page, '/main.js')
    await rewrite(page, '/main.js', '// mine')
    writeFileSync(join(root, 'main.js'), '// theirs')
    await page.keyboard.press('Control+s')
    await page.getByRole('dialog', { name: 'Overwrite the file?' }).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    assert.equal(readFileSync(join(root, 'main.js'), 'utf8'), '// theirs')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: 'Overwrite' }).click()
    await entry(page, '/main.js').getByLabel('not saved').waitFor({ state: 'detached' })
    assert.equal(readFileSync(join(root, 'main.js'), 'utf8'), '// mine')
  },
)

test('a file that others change is shown as it is', BROWSER, async (context) => {
  const { url, root } = await startGui(context, { 'main.js': SCRIPT })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  writeFileSync(join(root, 'main.js'), '// by another editor')
  await text(page, '/main.js').getByText('by another editor').waitFor()
})
