import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { TestContext } from 'node:test'

/** IPv4 addresses of names, and the TTL of their records; a name without one is not in the DNS. */
export interface DnsRecords {
  [name: string]: { addresses: string[]; ttl?: number }
}

export interface DnsServer {
  readonly port: number
  /** Called after each answer. */
  onAnswer: () => void
}

/** Starts a DNS server that answers by `records` as they are at the moment, until the test ends. */
export async function startDnsServer(
  context: TestContext,
  records: DnsRecords,
  address = '127.0.0.1',
  port = 0,
): Promise<DnsServer> {
  const socket = createSocket('udp4')
  context.after(() => void socket.close())
  socket.bind(port, address)
  await once(socket, 'listening')
  const server = { port: socket.address().port, onAnswer: () => {} }
  socket.on('message', (query, peer) => {
    socket.send(answerTo(query, records), peer.port, peer.address)
    server.onAnswer()
  })
  return server
}

/** RFC 1035 §4.1: the question again, with A records if it asks for such. */
function answerTo(query: Buffer, records: DnsRecords): Buffer {
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
    // A pointer to the name in the question, type A, class IN, TTL, length, address.
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...bytesOf(address)])
    record.writeUInt32BE(ttl ?? 0, 6)
    return record
  })
  return Buffer.concat([head, question, ...answers])
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number)
}
