import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { startHaproxy } from '../support/haproxy.ts'
import { startNginx } from '../support/nginx.ts'
import { startLb } from '../support/start-lb.ts'
import { readForwarded } from './forwarded.ts'
import { startRecordingUpstream } from './recording-upstream.ts'
import type { RequestCase } from './request-case.ts'
import { REQUEST_CASES } from './request-cases.ts'

/*
 * What is forwarded means the same to everybody: the requests of every accepted case, as another
 * program reads them behind `sluice lb`. A peer may refuse what it does not know; it must not read
 * anything else.
 */
const CASES = REQUEST_CASES.filter(
  (one) => !one.isLenient && one.answers.every((status) => status === 200),
)

/** One request as a peer has read it: method, target and body. */
type Reading = [method: string, target: string, body: string]

interface Peer {
  readonly address: string
  /** Requests read since the last call. */
  take(): Reading[]
  /** Cases that it refuses, by their names. */
  readonly refuses: RegExp
}

for (const [name, start] of Object.entries({
  'Node.js': startNode,
  nginx: behindNginx,
  HAProxy: behindHaproxy,
})) {
  test(`${name} reads what Sluice forwards as it was meant`, async (context) => {
    const peer = await start(context)
    const { port } = await startLb(context, [peer.address])
    for (const one of CASES) {
      await context.test(one.name, async () => {
        peer.take()
        const statuses = await ask(context, port, one)
        const expected = readForwarded(one.upstream).map(
          ({ head, body }): Reading => [...(head.split(' ', 2) as [string, string]), body],
        )
        if (!peer.refuses.test(one.name)) {
          assert.deepEqual(peer.take().sort(), expected.sort())
          return assert.ok(statuses.every((status) => status === 200))
        }
        assert.ok(statuses.some((status) => status >= 400))
        for (const reading of peer.take()) {
          assert.ok(
            expected.some((other) => String(other) === String(reading)),
            String(reading),
          )
        }
      })
    }
  })
}

/** Sends a case and returns the statuses of the answers. */
async function ask(context: TestContext, port: number, one: RequestCase): Promise<number[]> {
  const client = await connectRaw(context, port)
  client.write(one.send)
  const statuses: number[] = []
  for (let index = 0; index < one.answers.length; index++) {
    if (!one.closes && index === one.answers.length - 1) client.write(one.follow)
    const isHead = index === 0 && one.send.startsWith('HEAD ')
    let answer = await client.message({ isHead })
    while (answer.status < 200) answer = await client.message({ isHead })
    statuses.push(answer.status)
  }
  client.socket.destroy()
  return statuses
}

async function startNode(context: TestContext): Promise<Peer> {
  const readings: Reading[] = []
  const server = createServer({ maxHeaderSize: 64 * 1024 }, (request, response) => {
    let body = ''
    request.setEncoding('latin1').on('data', (text) => {
      body += text
    })
    request.on('end', () => {
      readings.push([request.method ?? '', request.url ?? '', body])
      response.end('ok')
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    take: () => readings.splice(0),
    // It knows a list of methods only.
    refuses: /^method (?!PATCH|PROPFIND)/,
  }
}

/** nginx tells what it has read by what it sends on. */
async function behindNginx(context: TestContext): Promise<Peer> {
  const upstream = await startRecordingUpstream(context)
  const nginx = await startNginx(
    context,
    `large_client_header_buffers 8 64k;
     location / {
       proxy_pass http://${upstream.address};
       proxy_http_version 1.1;
       proxy_set_header Host $http_host;
       proxy_set_header Connection "";
     }`,
  )
  return {
    address: nginx.address,
    take: () => readings(upstream.take()),
    // It takes methods of capital letters, a target that is a path without NUL, and a Host that
    // names something.
    refuses: /^(method (get|Get|!.*)|odd characters.*|OPTIONS .*|an empty Host)$/,
  }
}

async function behindHaproxy(context: TestContext): Promise<Peer> {
  const upstream = await startRecordingUpstream(context)
  const port = await startHaproxy(context, upstream.address)
  return { address: `127.0.0.1:${port}`, take: () => readings(upstream.take()), refuses: /^$/ }
}

function readings(recordings: readonly { text: string }[]): Reading[] {
  return recordings.flatMap(({ text }) =>
    readForwarded(text).map(
      ({ head, body }): Reading => [...(head.split(' ', 2) as [string, string]), body],
    ),
  )
}
