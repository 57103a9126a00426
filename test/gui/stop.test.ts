import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { answering, type RunningGui, startGui } from '../integration/support/start-gui.ts'
import { BROWSER, openPage } from './support/browser.ts'
import { openFile, status } from './support/steps.ts'

interface Running {
  readonly gui: RunningGui
  readonly port: number
  readonly page: Page
  readonly dialog: Locator
}

async function startRunning(context: TestContext): Promise<Running> {
  const port = await findFreePort()
  const gui = await startGui(context, { 'main.js': answering(port, 'Hello!') })
  await gui.call('POST', '/api/v1/program', { path: '/main.js' })
  const page = await openPage(context, gui.url)
  await status(page).getByText(`on 127.0.0.1:${port}`).waitFor()
  return { gui, port, page, dialog: page.getByRole('dialog', { name: 'Stop the program?' }) }
}

/** A client that is answered once, and stays. */
async function connectTo(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  context.after(() => socket.destroy())
  await ask(socket)
  return socket
}

async function ask(socket: Socket): Promise<void> {
  socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [bytes] = await once(socket, 'data')
  assert.match(String(bytes), /200 OK/)
}

test('a program that nobody is connected to stops unasked', BROWSER, async (context) => {
  const { page, dialog } = await startRunning(context)
  await page.getByRole('button', { name: 'Stop' }).click()
  await status(page).getByText('stopped').waitFor()
  assert.equal(await dialog.count(), 0)
})

test('one that a client is connected to stops when that is wanted', BROWSER, async (context) => {
  const { gui, page, port, dialog } = await startRunning(context)
  const client = await connectTo(context, port)
  assert.deepEqual((await gui.call('GET', '/api/v1/program/connections')).json, { open: 1 })
  await page.getByRole('button', { name: 'Stop' }).click()
  await dialog.getByText('One client is connected').waitFor()
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Stop', disabled: false }).waitFor()
  await ask(client)
  const isOver = once(client, 'close')
  await page.keyboard.press('Alt+s')
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  // The key does nothing until the answer to the question has arrived.
  await page.getByRole('button', { name: 'Stop', disabled: false }).waitFor()
  await page.keyboard.press('Alt+s')
  await dialog.getByRole('button', { name: 'Stop it' }).click()
  await status(page).getByText('stopped').waitFor()
  await isOver
})

test('starting again asks nobody, for a client stays connected', BROWSER, async (context) => {
  const { page, port, dialog, gui } = await startRunning(context)
  const client = await connectTo(context, port)
  const generation = async (): Promise<number> =>
    (await gui.call('GET', '/api/v1/program')).json.generation
  const before = await generation()
  await page.getByRole('button', { name: 'Restart' }).click()
  await page.getByText('/main.js is running').first().waitFor()
  await page.keyboard.press('Alt+r')
  while ((await generation()) < before + 2) await page.waitForTimeout(100)
  await openFile(page, '/main.js')
  await page.keyboard.press('Control+Enter')
  while ((await generation()) < before + 3) await page.waitForTimeout(100)
  assert.equal(await dialog.count(), 0)
  await ask(client)
})
