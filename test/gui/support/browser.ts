import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, type TestContext } from 'node:test'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
/** Only for what never comes: the machine may be busy. */
const TIMEOUT_MS = 60_000

/** What tests of the web UI need: they are left out where there is no browser. */
export const BROWSER: { readonly skip: string | false } = {
  skip: !existsSync(CHROMIUM) && `${CHROMIUM} is not installed: sudo apt-get install chromium`,
}

/** One for all tests of a file. */
let browser: Promise<Browser> | undefined

after(async () => (await browser)?.close())

/**
 * Opens the web UI in a browser that knows nothing of other tests. The test fails if the page logs an
 * error: an exception, a file that is missing, or what the content security policy has refused.
 */
export async function openPage(context: TestContext, url: string): Promise<Page> {
  const page = await newPage(context)
  await page.goto(url)
  await page.getByRole('navigation', { name: 'Pages' }).waitFor()
  return page
}

/** The same without an address. */
export async function newPage(context: TestContext): Promise<Page> {
  browser ??= chromium.launch({
    executablePath: CHROMIUM,
    timeout: TIMEOUT_MS,
    // Chromium's sandbox refuses to be root's.
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  const profile = await (await browser).newContext({ viewport: { width: 1280, height: 800 } })
  context.after(() => profile.close())
  return newTab(context, profile)
}

/** Another page of the same browser, with what that remembers. */
export async function newTab(context: TestContext, profile: BrowserContext): Promise<Page> {
  const page = await profile.newPage()
  page.setDefaultTimeout(TIMEOUT_MS)
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => {
    // A request that is answered with an error is for the page to deal with.
    const isRequest = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isRequest) errors.push(message.text())
  })
  context.after(() => {
    assert.deepEqual(errors, [])
  })
  return page
}
