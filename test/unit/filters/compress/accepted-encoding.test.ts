import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  acceptedEncoding,
  type Encoding,
} from '../../../../src/filters/compress/accepted-encoding.ts'

const CASES: readonly [field: string | undefined, offered: readonly Encoding[], found: string][] = [
  [undefined, ['br', 'gzip'], 'identity'],
  ['', ['br', 'gzip'], 'identity'],
  ['gzip', ['br', 'gzip'], 'gzip'],
  ['gzip, deflate, br, zstd', ['br', 'gzip'], 'br'],
  ['gzip, deflate, br, zstd', ['gzip', 'br'], 'gzip'],
  ['gzip;q=1.0, br;q=0.8', ['br', 'gzip'], 'gzip'],
  ['GZIP ; Q=0.5 , Br;q=0.500', ['br', 'gzip'], 'br'],
  ['x-gzip', ['br', 'gzip'], 'gzip'],
  ['*', ['br', 'gzip'], 'br'],
  ['*;q=0.1, br;q=0', ['br', 'gzip'], 'gzip'],
  ['gzip;q=0', ['br', 'gzip'], 'identity'],
  ['gzip;q=0.000, *;q=0', ['br', 'gzip'], 'identity'],
  ['identity', ['br', 'gzip'], 'identity'],
  ['identity;q=0.5, gzip;q=0.4', ['br', 'gzip'], 'identity'],
  ['identity;q=0.5, gzip;q=0.5', ['br', 'gzip'], 'gzip'],
  ['identity;q=0, gzip;q=0.1', ['br', 'gzip'], 'gzip'],
  ['deflate, zstd', ['br', 'gzip'], 'identity'],
  ['brotli, gzipped', ['br', 'gzip'], 'identity'],
  ['br', ['gzip'], 'identity'],
  // Malformed weights are no weights: better a longer body than one that nobody can read.
  ['gzip;q=2', ['br', 'gzip'], 'identity'],
  ['gzip;q=0.1234', ['br', 'gzip'], 'identity'],
  ['gzip;q=', ['br', 'gzip'], 'identity'],
  ['gzip;level=9', ['br', 'gzip'], 'identity'],
  [', ,gzip,,', ['br', 'gzip'], 'gzip'],
]

for (const [field, offered, found] of CASES) {
  test(`${JSON.stringify(field)} of ${offered.join(' and ')} is ${found}`, () => {
    assert.equal(acceptedEncoding(field, offered), found)
  })
}
