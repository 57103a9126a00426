import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { LogFiles } from '../../../src/worker/log-files.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'

test('programs that follow each other write lines into the same buffer of a file', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'a.log')
  const logs = new LogFiles(() => {})
  const buffer = logs.open(path, 'text')
  assert.equal(logs.open(path, 'text'), buffer)
  const others = [logs.open(path, 'json'), logs.open(join(folder, 'b.log'), 'text')]
  for (const one of [buffer, ...others]) {
    one.out.plain('line\n')
    one.lineEnded()
  }
  await logs.finish()
  assert.equal(readFileSync(path, 'utf8'), 'line\nline\n')
  assert.equal(readFileSync(join(folder, 'b.log'), 'utf8'), 'line\n')
})

test('what no program writes to is closed when its lines are written', async (context) => {
  const folder = temporaryFolder(context)
  const [kept, left] = ['kept.log', 'left.log'].map((name) => join(folder, name)) as [
    string,
    string,
  ]
  const isOpen = (path: string): boolean =>
    readdirSync('/proc/self/fd').some((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path
      } catch {
        return false
      }
    })
  const logs = new LogFiles(() => {})
  const first = logs.open(kept, 'text')
  const buffer = logs.open(left, 'text')
  buffer.out.plain('last\n')
  buffer.lineEnded()
  logs.keep(new Set([kept]))
  while (isOpen(left)) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(readFileSync(left, 'utf8'), 'last\n')
  assert.ok(isOpen(kept))
  assert.equal(logs.open(kept, 'text'), first)
  assert.notEqual(logs.open(left, 'text'), buffer)
  assert.ok(isOpen(left))
  logs.keep(new Set())
})
