import type { Locator, Page } from 'playwright-core'

/** A file or folder in the tree. */
export function entry(page: Page, path: string): Locator {
  return page.locator(`[role="treeitem"][data-path="${path}"]`)
}

/** Opens a file by a click for every folder around it, and for itself. */
export async function openFile(page: Page, path: string): Promise<void> {
  const folders = path.split('/').slice(1, -1)
  for (const [index] of folders.entries()) {
    await expand(page, entry(page, `/${folders.slice(0, index + 1).join('/')}`))
  }
  await entry(page, path).click()
  await text(page, path).waitFor()
}

/** Opens a folder. The page opens those around the program that runs, so that a click may close one. */
async function expand(page: Page, row: Locator): Promise<void> {
  while ((await row.getAttribute('aria-expanded')) !== 'true') {
    await row.click()
    await page.waitForTimeout(200)
  }
}

/** The text of a file in the editor. */
export function text(page: Page, path: string): Locator {
  return page.getByRole('textbox', { name: `Text of ${path}` })
}

/** Writes a new text in the place of the old one. */
export async function rewrite(page: Page, path: string, wanted: string): Promise<void> {
  await text(page, path).click()
  await page.keyboard.press('Control+A')
  // Chromium would give a text in the place of a selection the style of that, inline.
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(wanted)
}

/** What runs, as the page tells it. */
export function status(page: Page): Locator {
  return page.getByRole('status', { name: 'Program' })
}

/** A pipeline or filter of the graph that is shown, by its name. */
export function node(page: Page, name: string | RegExp): Locator {
  return page.locator('.flow').getByRole('button', { name })
}

/** Goes to a page of the UI. */
export async function goTo(page: Page, name: 'Editor' | 'Graph' | 'Dashboard'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
}
