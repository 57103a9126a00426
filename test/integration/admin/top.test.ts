import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'
import { Terminal } from '../support/terminal.ts'

/** The other screen without a cursor, and back. */
const ENTER = '\x1b[?1049h\x1b[?25l'
const LEAVE = '\x1b[?25h\x1b[?1049l'
const HOME = '\x1b[H'

interface Watched {
  admin: RunningAdmin
  terminal: Terminal
}

/** Starts a load balancer, and `sluice top` on a terminal of 100 columns and 20 rows. */
async function start(context: TestContext): Promise<Watched> {
  const to = `127.0.0.1:${await findFreePort()}`
  const lb = ['lb', '--listen', '127.0.0.1:0', '--to', to, '--workers', '1']
  const admin = await startAdmin(context, lb)
  const command = [process.execPath, 'bin/sluice', 'top', '--admin', admin.url]
  const terminal = new Terminal(context, [100, 20], command)
  await terminal.until(() => frames(terminal).length >= 1)
  return { admin, terminal }
}

/** What was drawn so far, each as lines; the last may be incomplete. */
function frames({ output }: Terminal): string[][] {
  return output
    .split(HOME)
    .slice(1)
    .filter((frame) => frame.includes('\x1b[J'))
    .map((frame) => frame.slice(0, frame.indexOf('\x1b[J')).replaceAll('\x1b[K', '').split(/\r+\n/))
}

function fits(frame: string[] | undefined, columns: number, rows: number): boolean {
  return (
    frame !== undefined && frame.length <= rows && frame.every((line) => line.length <= columns)
  )
}

test('top draws on a screen of its own, again and again, until q', async (context) => {
  const { admin, terminal } = await start(context)
  assert.ok(terminal.output.startsWith(ENTER), JSON.stringify(terminal.output))
  await terminal.until(() => frames(terminal).length >= 2)
  for (const frame of frames(terminal)) {
    assert.ok(fits(frame, 100, 20), frame.join('\n'))
    assert.match(frame[0] ?? '', new RegExp(`^sluice ${admin.sluice.child.pid}, running, up `))
    assert.match(frame.join('\n'), /^WORKER +STATE +CPU/m)
    assert.match(frame.join('\n'), /^default 127\.0\.0\.1:\d+ +0 /m)
  }
  terminal.keys('x')
  const count = frames(terminal).length
  await terminal.until(() => frames(terminal).length > count)
  terminal.keys('q')
  assert.deepEqual(await terminal.end(), { status: 0, isRestored: true })
  assert.ok(terminal.output.endsWith(LEAVE))
})

test('top takes on another size of the terminal at once', async (context) => {
  const { terminal } = await start(context)
  for (const [columns, rows] of [
    [40, 8],
    [20, 2],
    [120, 40],
  ] as const) {
    const before = frames(terminal).length
    terminal.resize(columns, rows)
    await terminal.until(() => {
      const later = frames(terminal).slice(before)
      return later.some((frame) => fits(frame, columns, rows))
    })
  }
  assert.ok(
    frames(terminal)
      .at(-1)
      ?.some((line) => line.length > 40),
  )
  terminal.keys('q')
  assert.deepEqual(await terminal.end(), { status: 0, isRestored: true })
})

test('Ctrl-C and signals leave the terminal as it was', async (context) => {
  for (const [quit, status] of [
    [(terminal: Terminal) => terminal.keys('\x03'), 0],
    [(terminal: Terminal) => terminal.signal('SIGTERM'), 143],
    [(terminal: Terminal) => terminal.signal('SIGHUP'), 129],
  ] as const) {
    const { terminal } = await start(context)
    quit(terminal)
    assert.deepEqual(await terminal.end(), { status, isRestored: true })
    assert.ok(terminal.output.endsWith(LEAVE), JSON.stringify(terminal.output.slice(-80)))
  }
})

test('when the process that top looks at ends, its screen goes, and says why', async (context) => {
  const { admin, terminal } = await start(context)
  await admin.sluice.kill()
  const { status, isRestored } = await terminal.end()
  assert.deepEqual([status, isRestored], [1, true])
  const [, after = ''] = terminal.output.split(LEAVE)
  assert.match(after, /^sluice: .+\r\n$/)
})
