import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { entry, text } from './support/steps.ts'

test('files and folders are made, renamed and deleted', BROWSER, async (context) => {
  const { url, root } = await startGui(context, { 'main.js': '' })
  const page = await openPage(context, url)
  const answer = async (path: string, action: string): Promise<void> => {
    await page.getByRole('dialog').getByLabel('Path').fill(path)
    await page.getByRole('dialog').getByRole('button', { name: action }).click()
  }
  await page.getByRole('button', { name: 'New folder' }).click()
  await answer('/lib', 'Create')
  await entry(page, '/lib').click()
  await page.getByRole('button', { name: 'New file' }).click()
  await answer('/lib/a.js', 'Create')
  await text(page, '/lib/a.js').waitFor()
  assert.equal(readFileSync(join(root, 'lib/a.js'), 'utf8'), '')

  await entry(page, '/lib/a.js').focus()
  await page.keyboard.press('F2')
  await answer('/lib/b.js', 'Rename')
  await text(page, '/lib/b.js').waitFor()
  assert.ok(existsSync(join(root, 'lib/b.js')) && !existsSync(join(root, 'lib/a.js')))

  await entry(page, '/lib').focus()
  await page.keyboard.press('Delete')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await entry(page, '/lib').waitFor({ state: 'detached' })
  assert.ok(!existsSync(join(root, 'lib')))
})

test('a name that is taken is refused before anything is done', BROWSER, async (context) => {
  const { url } = await startGui(context, { 'main.js': '' })
  const page = await openPage(context, url)
  await page.getByRole('button', { name: 'New file' }).click()
  await page.getByRole('dialog').getByLabel('Path').fill('/main.js')
  await page.getByRole('alert').getByText('/main.js exists.').waitFor()
  assert.ok(await page.getByRole('button', { name: 'Create' }).isDisabled())
})
