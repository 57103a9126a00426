import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { startMortalLb } from '../faults/support/mortal-lb.ts'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { reload, startConfig } from '../support/start-config.ts'
import { BINARY, GET, lineOf, startMirror } from './support.ts'

const CLIENTS = 18

function toldOf(index: number): string {
  return `192.0.2.${index + 1}`
}

test('a worker dies: whom its connections told of goes with them', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const options = ['--accept-proxy', '--x-forwarded', 'add']
  const { port, kill } = await startMortalLb(context, upstream, 2, ...options)
  const clients: ByteStream[] = []
  for (let index = 0; index < CLIENTS; index++) {
    const client = await connectRaw(context, port)
    clients.push(client)
    const line = lineOf(toldOf(index))
    if (index % 3 === 0) {
      // Has told, and asked nothing yet.
      client.write(line)
      continue
    }
    assert.equal((await client.write(line + GET).message()).body, toldOf(index))
    // Of those that have asked, half have begun to ask again.
    if (index % 3 === 2) client.write(GET.slice(0, 20))
  }
  await kill('exit')
  for (const [index, client] of clients.entries()) {
    client.write(index % 3 === 2 ? GET.slice(20) : GET)
    assert.equal((await client.message()).body, toldOf(index))
  }
  // Once more: they have been handed over before.
  await kill('exit')
  for (const [index, client] of clients.entries())
    assert.equal((await client.write(GET).message()).body, toldOf(index))
})

test('a worker dies while a header has come in part: it is read as if nothing had been', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const options = ['--accept-proxy', '--x-forwarded', 'add']
  const { port, kill } = await startMortalLb(context, upstream, 1, ...options)
  const clients: ByteStream[] = []
  for (const half of ['', BINARY.slice(0, 5), BINARY.slice(0, 20)]) {
    const client = await connectRaw(context, port)
    clients.push(client.write(half))
  }
  // Answered after them, so that they have been seen.
  await (await connectRaw(context, port)).write(BINARY + GET).message()
  await kill('exit')
  for (const [index, sent] of [0, 5, 20].entries()) {
    const client = clients[index] as ByteStream
    assert.equal((await client.write(BINARY.slice(sent) + GET).message()).body, '192.0.2.1')
  }
})

test('a reload: kept connections go on with whom they told of, by the rules of the new config', async (context) => {
  const upstream = await startMirror(context, 'x-forwarded-for')
  const config = (deny: string[]): ConfigInput => ({
    listeners: [
      {
        address: '127.0.0.1:0',
        proxyProtocol: true,
        routes: [{ upstream: 'app', access: { deny } }],
      },
    ],
    upstreams: { app: { endpoints: [upstream.address] } },
  })
  const running = await startConfig(context, config([]))
  const [port = 0] = running.ports
  const clients: ByteStream[] = []
  for (let index = 0; index < CLIENTS; index++) {
    const client = await connectRaw(context, port)
    clients.push(client)
    client.write(lineOf(toldOf(index)))
    // A third tells, and asks nothing before the reload; a third has begun to.
    if (index % 3 !== 0) assert.equal((await client.write(GET).message()).body, toldOf(index))
    if (index % 3 === 2) client.write(GET.slice(0, 20))
  }
  await reload(running, config(['127.0.0.0/8', toldOf(1)]))
  for (const [index, client] of clients.entries()) {
    client.write(index % 3 === 2 ? GET.slice(20) : GET)
    const { status, body } = await client.message()
    if (index === 1) assert.equal(status, 403)
    else assert.deepEqual([status, body], [200, toldOf(index)])
  }
})
