import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { cachedAddresses, resolve } from '../../../src/net/resolver.ts'

/** Addresses of names, and the TTL of their records; a name without one is not in the DNS. */
interface Records {
  [name: string]: { addresses: string[]; ttl?: number }
}

/** A DNS server on loopback that Node's resolver asks, and a table of hosts in the system's place. */
async function serve(
  context: TestContext,
  records: Records,
): Promise<{ answered: () => Promise<void> }> {
  const server = createSocket('udp4')
  const { lookup } = dns
  const servers = dns.getServers()
  let count = 0
  let wake = (): void => {}
  server.on('message', (query, { port, address }) => {
    server.send(answerTo(query, records), port, address)
    count++
    wake()
  })
  await new Promise<void>((done) => server.bind(0, '127.0.0.1', done))
  dns.setServers([`127.0.0.1:${(server.address() as AddressInfo).port}`])
  const inTable = (name: string, _options: object, done: (...found: unknown[]) => void): void => {
    const addresses = records[name]?.addresses ?? []
    done(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )
  }
  dns.lookup = inTable as unknown as typeof dns.lookup
  syncBuiltinESMExports()
  context.after(() => {
    server.close()
    dns.setServers(servers)
    dns.lookup = lookup
    syncBuiltinESMExports()
  })
  return {
    answered: async () => {
      // One question for each version of IP; their answers reach Node before those of later ones.
      while (count < 2) {
        await new Promise<void>((done) => {
          wake = done
        })
      }
      await dns.promises.resolve4('last.test').catch(() => {})
    },
  }
}

/** RFC 1035 §4.1: the question again, with A records if it asks for such. */
function answerTo(query: Buffer, records: Records): Buffer {
  const labels: string[] = []
  let at = 12
  for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + size))
    at += size + 1
  }
  const question = query.subarray(12, at + 5)
  const { addresses = [], ttl } = records[labels.join('.')] ?? {}
  const isKnown = ttl !== undefined
  const found = isKnown && query.readUInt16BE(at + 1) === 1 ? addresses : []
  const head = Buffer.from([0, 0, 0x81, isKnown ? 0x80 : 0x83, 0, 1, 0, found.length, 0, 0, 0, 0])
  query.copy(head, 0, 0, 2)
  const answers = found.map((address) => {
    const record = Buffer.from([
      0xc0,
      12,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
      4,
      ...address.split('.').map(Number),
    ])
    record.writeUInt32BE(ttl ?? 0, 6)
    return record
  })
  return Buffer.concat([head, question, ...answers])
}

async function look(name: string): Promise<readonly string[] | null> {
  return new Promise((done) => resolve(name, done))
}

/** How many seconds the addresses of a name are remembered for, up to `most`. */
function trusted(context: TestContext, name: string, most: number): number {
  let seconds = 0
  while (seconds < most && cachedAddresses(name) !== undefined) {
    context.mock.timers.tick(1000)
    seconds++
  }
  return seconds
}

const CASES: readonly [title: string, name: string, ttl: number | undefined, seconds: number][] = [
  ['for the TTL of its records', 'ttl.test', 42, 42],
  ['for a second, if the TTL is less', 'zero.test', 0, 1],
  ['for five minutes at most', 'long.test', 86_400, 300],
  ['for ten seconds, if the DNS does not know it', 'hosts.test', undefined, 10],
]

for (const [title, name, ttl, seconds] of CASES) {
  test(`a name is trusted ${title}`, async (context) => {
    const record = { addresses: ['127.0.0.2', '127.0.0.3'], ...(ttl !== undefined && { ttl }) }
    const { answered } = await serve(context, { [name]: record })
    context.mock.timers.enable({ apis: ['Date'], now: 1_000_000 })
    assert.deepEqual(await look(name), record.addresses)
    await answered()
    assert.equal(trusted(context, name, 1000), seconds)
  })
}
