import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
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
