import assert from 'node:assert/strict'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { type TestContext, test } from 'node:test'
import { cachedAddresses, resolve } from '../../../src/net/resolver.ts'
import { type DnsRecords, startDnsServer } from '../../support/dns-server.ts'

/** A DNS server on loopback that Node's resolver asks, and a table of hosts in the system's place. */
async function serve(
  context: TestContext,
  records: DnsRecords,
): Promise<{ answered: () => Promise<void> }> {
  const server = await startDnsServer(context, records)
  const { lookup } = dns
  const servers = dns.getServers()
  let count = 0
  let wake = (): void => {}
  server.onAnswer = () => {
    count++
    wake()
  }
  dns.setServers([`127.0.0.1:${server.port}`])
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
