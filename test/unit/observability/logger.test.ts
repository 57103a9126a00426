import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLogJson, formatLogLine } from '../../../src/observability/log-line.ts'
import {
  configureLogger,
  LOG_LEVELS,
  type LogEntry,
  logger,
} from '../../../src/observability/logger.ts'

test('formats lines with local time and level', () => {
  const time = new Date(2021, 5, 1, 9, 8, 7).getTime()
  assert.equal(
    formatLogLine({ time, level: 'warn', message: 'hello' }),
    '2021-06-01 09:08:07 [warning] hello',
  )
  assert.equal(formatLogLine({ time, level: undefined, message: 'as it is' }), 'as it is')
})

test('formats objects for programs', () => {
  const time = Date.UTC(2021, 5, 1, 9, 8, 7, 6)
  assert.deepEqual(JSON.parse(formatLogJson({ time, level: 'warn', message: 'a "b"\nc' })), {
    time: '2021-06-01T09:08:07.006Z',
    level: 'warn',
    message: 'a "b"\nc',
  })
  const raw = formatLogJson({ time, level: undefined, message: 'printed\n' })
  assert.deepEqual(JSON.parse(raw), { time: '2021-06-01T09:08:07.006Z', message: 'printed' })
})

/** Which levels show at a threshold: info counts as the highest of all. */
const SHOWN = {
  debug: ['debug', 'warn', 'error', 'info'],
  warn: ['warn', 'error', 'info'],
  error: ['error', 'info'],
  info: ['info'],
} as const

for (const level of LOG_LEVELS) {
  test(`level ${level} shows ${SHOWN[level].join(', ')}`, () => {
    const entries: LogEntry[] = []
    configureLogger({ level, sink: (more) => entries.push(...more) })
    for (const each of LOG_LEVELS) logger[each]('x')
    logger.flush()
    assert.deepEqual(
      entries.map((entry) => entry.level),
      SHOWN[level],
    )
  })
}

test('hands over many entries at once', async () => {
  const batches: LogEntry[][] = []
  configureLogger({ level: 'error', sink: (entries) => batches.push(entries) })
  logger.info('a')
  logger.raw('b')
  logger.append([{ time: 0, level: 'info', message: 'c' }])
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual(
    batches.map((entries) => entries.map(({ message }) => message)),
    [['a', 'b', 'c']],
  )
})

test('cuts endless messages', () => {
  const entries: LogEntry[] = []
  configureLogger({ level: 'error', sink: (more) => entries.push(...more) })
  logger.info('x'.repeat(100_000))
  logger.flush()
  assert.equal(entries[0]?.message.length, 8195)
})
