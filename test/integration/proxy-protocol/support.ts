import type { TestContext } from 'node:test'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'

export const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
export const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'

/** The same client, 192.0.2.1:1234 of 198.51.100.7:443, in both versions. */
export const LINE = 'PROXY TCP4 192.0.2.1 198.51.100.7 1234 443\r\n'
export const BINARY = `${SIGNATURE}\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x07\x04\xd2\x01\xbb`
/** A client of IPv6, 2001:db8::1. */
export const LINE6 = 'PROXY TCP6 2001:db8::1 2001:db8::2 1234 443\r\n'
/** Headers that tell of nobody. */
export const UNKNOWN = 'PROXY UNKNOWN\r\n'
export const LOCAL = `${SIGNATURE}\x20\0\0\0`

/** A line that tells of some client of IPv4. */
export function lineOf(address: string): string {
  return `PROXY TCP4 ${address} 198.51.100.7 1234 443\r\n`
}

/** A script that answers who its client is, and to what address it came. */
export const WHO = `decodeHttpRequest().replaceMessage(() => new Message(
  [__inbound.remoteAddress, __inbound.remotePort, __inbound.localAddress, __inbound.localPort].join(' ')
)).encodeHttpResponse()`

/** An upstream that answers with a field of the request. */
export function startMirror(context: TestContext, field: string): Promise<RawServer> {
  return startRawServer(context, async (connection) => {
    for (;;) {
      const request = await connection.message()
      connection.write(response(String(request.field(field))))
    }
  })
}

export function startOk(context: TestContext): Promise<RawServer> {
  return startRawServer(
    context,
    answering(() => response('ok')),
  )
}
