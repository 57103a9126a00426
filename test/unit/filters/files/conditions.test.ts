import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Conditions,
  evaluateConditions,
  type Part,
  partOf,
} from '../../../../src/filters/files/conditions.ts'
import type { ServedFile } from '../../../../src/filters/files/served-file.ts'

const TIME = 'Sun, 06 Nov 1994 08:49:37 GMT'
const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT'

const FILE: ServedFile = {
  path: '/a',
  size: 1000,
  contentType: 'text/plain',
  encoding: 'identity',
  etag: '"a-1"',
  lastModified: TIME,
  modifiedSeconds: Date.parse(TIME) / 1000,
  bytes: null,
  identity: '',
}

const NONE: Conditions = {
  ifMatch: undefined,
  ifNoneMatch: undefined,
  ifModifiedSince: undefined,
  ifUnmodifiedSince: undefined,
  ifRange: undefined,
  range: undefined,
}

const CONDITIONS: readonly [conditions: Partial<Conditions>, status: number][] = [
  [{}, 200],
  [{ ifNoneMatch: '"a-1"' }, 304],
  [{ ifNoneMatch: '"b", W/"a-1"' }, 304],
  [{ ifNoneMatch: '*' }, 304],
  [{ ifNoneMatch: '"b"' }, 200],
  [{ ifNoneMatch: '"b"', ifModifiedSince: TIME }, 200],
  [{ ifModifiedSince: TIME }, 304],
  [{ ifModifiedSince: EARLIER }, 200],
  [{ ifModifiedSince: 'yesterday' }, 200],
  [{ ifMatch: '"a-1"' }, 200],
  [{ ifMatch: 'W/"a-1"' }, 412],
  [{ ifMatch: '"b"' }, 412],
  [{ ifMatch: '*' }, 200],
  [{ ifMatch: '"a-1"', ifUnmodifiedSince: EARLIER }, 200],
  [{ ifUnmodifiedSince: EARLIER }, 412],
  [{ ifUnmodifiedSince: TIME }, 200],
]

for (const [conditions, status] of CONDITIONS) {
  test(`${JSON.stringify(conditions)} is answered ${status}`, () => {
    assert.equal(evaluateConditions({ ...NONE, ...conditions }, FILE), status)
  })
}

const PARTS: readonly [range: string | undefined, part: Part, ifRange?: string][] = [
  [undefined, 'all'],
  ['bytes=0-0', { from: 0, to: 0 }],
  ['bytes=10-19', { from: 10, to: 19 }],
  ['bytes=990-', { from: 990, to: 999 }],
  ['bytes=990-5000', { from: 990, to: 999 }],
  ['bytes=-10', { from: 990, to: 999 }],
  ['bytes=-5000', { from: 0, to: 999 }],
  ['bytes=1000-', 'none'],
  ['bytes=-0', 'none'],
  ['bytes=20-10', 'all'],
  ['bytes=0-1,5-6', 'all'],
  ['bytes=-', 'all'],
  ['bytes=a-b', 'all'],
  ['lines=1-2', 'all'],
  ['bytes=0-9', { from: 0, to: 9 }, '"a-1"'],
  ['bytes=0-9', 'all', 'W/"a-1"'],
  ['bytes=0-9', 'all', '"b"'],
  ['bytes=0-9', { from: 0, to: 9 }, TIME],
  ['bytes=0-9', 'all', EARLIER],
]

for (const [range, part, ifRange] of PARTS) {
  test(`Range ${range} and If-Range ${ifRange} mean ${JSON.stringify(part)}`, () => {
    assert.deepEqual(partOf({ ...NONE, range, ifRange }, FILE), part)
  })
}
