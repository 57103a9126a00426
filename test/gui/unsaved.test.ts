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

test('what is typed while a file changes goes where it was going', BROWSER, async (context) => {
  const { url, root } = await startGui(context, { 'main.js': `${SCRIPT}\n// the end` })
  const page = await openPage(context, url)
  await openFile(page, '/main.js')
  await text(page, '/main.js').click()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(', mine')
  await page.keyboard.press('Control+s')
  await entry(page, '/main.js').getByLabel('not saved').waitFor({ state: 'detached' })
  const search = page.getByLabel('Search the log')
  await search.click()
  await page.keyboard.type('one ')
  writeFileSync(join(root, 'main.js'), `// by another editor\n// the end, mine`)
  await text(page, '/main.js').getByText('by another editor').waitFor()
  await page.keyboard.type('two')
  assert.equal(await search.inputValue(), 'one two')
  assert.equal(await entry(page, '/main.js').getByLabel('not saved').count(), 0)
  // The cursor is where it was.
  await text(page, '/main.js').focus()
  await page.keyboard.type(', too')
  await text(page, '/main.js').getByText('// the end, mine, too').waitFor()
  // And so is what was typed before.
  for (let undone = 0; undone < 3; undone++) await page.keyboard.press('Control+z')
  await text(page, '/main.js').getByText('// the end', { exact: true }).waitFor()
})

test('a page that was just loaded takes no key for the file', BROWSER, async (context) => {
  const { url, root } = await startGui(context, { 'main.js': SCRIPT })
  const page = await openPage(context, `${url}/#/editor/main.js`)
  await text(page, '/main.js').getByText('as it was').waitFor()
  await page.keyboard.press('Tab')
  await page.keyboard.type('nobody wanted that')
  assert.equal(await entry(page, '/main.js').getByLabel('not saved').count(), 0)
  assert.equal(readFileSync(join(root, 'main.js'), 'utf8'), SCRIPT)
  await entry(page, '/main.js').click()
  await page.keyboard.type('wanted')
  await entry(page, '/main.js').getByLabel('not saved').waitFor()
})
