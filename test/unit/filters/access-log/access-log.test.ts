import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestInfo } from '../../../../src/engine/request-info.ts'
import type { AccessLogSpec } from '../../../../src/engine/request-observer.ts'
import { AccessLog } from '../../../../src/filters/access-log/access-log.ts'
import type { LogNames } from '../../../../src/filters/access-log/fields.ts'
import { LogClock } from '../../../../src/filters/access-log/log-clock.ts'
import { LineBuffer } from '../../../../src/observability/access-log/line-buffer.ts'

const NAMES: LogNames = { clock: new LogClock(), listeners: [], routes: [], upstreams: [] }

/** Statuses that are logged of those given. */
function logged(statuses: readonly number[], given: Partial<AccessLogSpec>): string[] {
  const pieces: Buffer[] = []
  const file = { write: (piece: Buffer) => pieces.push(piece) }
  const lines = new LineBuffer(file, 'text')
  const log = new AccessLog(
    { path: '', format: '{status}', sample: 1, classes: [], ...given },
    NAMES,
    () => lines,
  )
  for (const status of statuses) {
    log.ended(
      Object.assign(new RequestInfo(0, 0), { status, error: status === 0 ? 'ClientGone' : '' }),
    )
  }
  lines.flush()
  return Buffer.concat(pieces).toString().split('\n').slice(0, -1)
}

test('all requests are logged unless something else is said', () => {
  assert.deepEqual(logged([200, 404, 0, 503], {}), ['200', '404', '499', '503'])
})

test('classes of statuses choose', () => {
  assert.deepEqual(logged([200, 404, 0, 503], { classes: [4] }), ['404', '499'])
  assert.deepEqual(logged([200, 301, 503], { classes: [3, 5] }), ['301', '503'])
})

test('a share is a share, and spares no error', () => {
  const statuses = Array.from({ length: 1000 }, (_, index) => (index % 100 === 0 ? 500 : 200))
  const lines = logged(statuses, { sample: 0.1 })
  assert.equal(lines.filter((status) => status === '500').length, 10)
  const good = lines.filter((status) => status === '200').length
  assert.ok(good >= 98 && good <= 99, `${good} of 990`)
})
