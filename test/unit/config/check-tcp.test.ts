import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HTTP_ONLY_OF_LISTENERS } from '../../../src/config/check-tcp.ts'
import { configJsonSchema } from '../../../src/config/json-schema.ts'
import { type JsonSchema, schemasAt } from '../../../src/config/schema-walk.ts'

/** What tcp listeners have, as those of HTTP. */
const COMMON = [
  'name',
  'address',
  'protocol',
  'upstream',
  'proxyProtocol',
  'tls',
  'access',
  'limits.maxConnections',
  'limits.maxConnectionsPerAddress',
  'limits.maxBufferedBytes',
  'timeouts.handshake',
  'timeouts.write',
  'timeouts.idle',
]

test('of every key of a listener it is known whether tcp listeners have it', () => {
  const [listener = {}] = schemasAt(configJsonSchema(), ['listeners', 0])
  const keys = Object.entries(listener.properties ?? {}).flatMap(([key, schema]) =>
    key === 'limits' || key === 'timeouts'
      ? Object.keys((schema as JsonSchema).properties ?? {}).map((name) => `${key}.${name}`)
      : [key],
  )
  const httpOnly = HTTP_ONLY_OF_LISTENERS.map(({ key }) => key.join('.'))
  assert.deepEqual(keys.toSorted(), [...COMMON, ...httpOnly].toSorted())
})
