import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HTTP_ONLY_OF_LISTENERS, HTTP_ONLY_OF_UPSTREAMS } from '../../../src/config/check-tcp.ts'
import { configJsonSchema } from '../../../src/config/json-schema.ts'
import { type JsonSchema, schemasAt } from '../../../src/config/schema-walk.ts'

/** What tcp listeners have, as those of HTTP. */
const COMMON_OF_LISTENERS = [
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

/** The same of upstreams. */
const COMMON_OF_UPSTREAMS = [
  'endpoints',
  'balance',
  'slowStart',
  'panicShare',
  'zone',
  'health',
  'ejection',
  'proxyProtocol',
  'tls',
  'circuit.maxConnections',
  'circuit.maxPending',
  'circuit.pendingTimeout',
  'timeouts.connect',
  'timeouts.idle',
]

/** Keys of a section, and of those that have keys of their own. */
function keysOf(path: readonly (string | number)[], sections: readonly string[]): string[] {
  const [schema = {}] = schemasAt(configJsonSchema(), path)
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
    sections.includes(key)
      ? Object.keys((inner as JsonSchema).properties ?? {}).map((name) => `${key}.${name}`)
      : [key],
  )
}

test('of every key of a listener it is known whether tcp listeners have it', () => {
  const httpOnly = HTTP_ONLY_OF_LISTENERS.map(({ key }) => key.join('.'))
  const keys = keysOf(['listeners', 0], ['limits', 'timeouts'])
  assert.deepEqual(keys.toSorted(), [...COMMON_OF_LISTENERS, ...httpOnly].toSorted())
})

test('of every key of an upstream it is known whether tcp listeners make use of it', () => {
  const httpOnly = HTTP_ONLY_OF_UPSTREAMS.map(({ key }) => key.join('.'))
  const keys = keysOf(['upstreams', 'any'], ['circuit', 'timeouts'])
  assert.deepEqual(keys.toSorted(), [...COMMON_OF_UPSTREAMS, ...httpOnly].toSorted())
})
