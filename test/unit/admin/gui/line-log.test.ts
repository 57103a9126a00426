import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { LineLog } from '../../../../src/admin/gui/line-log.ts'
import { logger } from '../../../../src/observability/logger.ts'

function lineLog(context: TestContext): LineLog {
  const log = new LineLog()
  context.after(() => log.close())
  return log
}

function print(text: string): void {
  logger.raw(text)
  logger.flush()
}

test('lines are counted from the first, and the last 1000 of them can be had', (context) => {
  const log = lineLog(context)
  for (let line = 1; line <= 2999; line++) {
    print(`line ${line}\n`)
    const lines = log.after(0).split('\n').slice(0, -1)
    assert.equal(lines.length, Math.min(line, 1000))
    assert.equal(lines.at(-1), `line ${line}`)
  }
  assert.equal(log.size, 2999)
  assert.equal(log.after(1998).split('\n')[0], 'line 2000')
  assert.equal(log.after(1999).split('\n').length - 1, 1000)
  assert.equal(log.after(2998), 'line 2999\n')
  assert.equal(log.after(2999), '')
  assert.equal(log.after(1_000_000), '')
})

test('so they can of one text with more lines than a call takes arguments', (context) => {
  const log = lineLog(context)
  print('before\n')
  print('x\n'.repeat(1_000_000))
  assert.equal(log.size, 1_000_001)
  assert.equal(log.after(0), 'x\n'.repeat(1000))
})
