import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  closeFd,
  closeHandedOver,
  handedOver,
  localAddress,
  openListener,
} from '../../../src/native/addon.ts'
import {
  CMD_FRAMER,
  EV_ACCEPT,
  EV_DATA,
  EV_HEAD,
  EV_MSG_END,
  FRAMER_HTTP_REQUEST,
} from '../../../src/native/protocol.ts'
import { connectClient, readAll, TestEngine, until } from './test-engine.ts'

const GET = 'GET /path HTTP/1.1\r\nHost: a\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo'
/** The only listener of a TestEngine. */
const LISTENER = 1

let nextRow = 1000

interface Rig {
  readonly row: number
  readonly heir: TestEngine
  readonly client: Socket
}

/** A client whose worker has died once it has seen an event of this kind, and who may go on. */
async function survive(context: TestContext, sent: string, event: number): Promise<Rig> {
  const row = nextRow++
  const heir = new TestEngine()
  const fd = openListener({ host: '127.0.0.1' })
  context.after(() => {
    heir.close()
    closeFd(fd)
  })
  const worker = new Worker(new URL('./hand-over-worker.js', import.meta.url), {
    workerData: { fd, row },
  })
  await once(worker, 'message')
  const seen: unknown[] = []
  worker.on('message', (kind) => seen.push(kind))
  const client = await connectClient({ port: localAddress(fd).port })
  client.write(sent)
  await until(() => seen.includes(event))
  await worker.terminate()
  return { row, heir, client }
}

/** Takes a connection over as an HTTP server. */
function takeOver({ heir: { reactor }, row }: Rig): number {
  const connection = reactor.takeOver(row, LISTENER)?.connection ?? -1
  if (connection >= 0) reactor.command2(CMD_FRAMER, connection, FRAMER_HTTP_REQUEST)
  reactor.flush()
  return connection
}

test('a request without an answer is read again by another reactor', async (context) => {
  const rig = await survive(context, GET, EV_MSG_END)
  const { row, heir, client } = rig
  assert.equal(handedOver(row), 1)
  assert.equal(heir.reactor.takeOver(row + 1, LISTENER), undefined, 'not of this row')
  assert.equal(heir.reactor.takeOver(row, LISTENER + 1), undefined, 'no such listener')
  const connection = takeOver(rig)
  assert.equal((await heir.take(EV_HEAD, connection)).text, GET)
  assert.equal(handedOver(row), 0)
  assert.equal(takeOver(rig), -1)
  heir.send(connection, 'answer')
  assert.equal(String((await once(client, 'data'))[0]), 'answer')
  client.write(GET.replace('path', 'next'))
  assert.equal((await heir.take(EV_HEAD, connection)).text, GET.replace('path', 'next'))
  assert.equal(heir.reactor.stats().takenOver, 1)
})

test('a head that has begun is completed by what comes later', async (context) => {
  const rig = await survive(context, GET.slice(0, 20), EV_ACCEPT)
  const connection = takeOver(rig)
  rig.client.write(GET.slice(20))
  assert.equal((await rig.heir.take(EV_HEAD, connection)).text, GET)
})

test('a body that has begun is read again, and goes on', async (context) => {
  const rig = await survive(context, POST.replace('POST', 'PUT'), EV_DATA)
  const connection = takeOver(rig)
  rig.client.write('dy')
  assert.equal(await rig.heir.collect(connection, 4), 'body')
  await rig.heir.take(EV_MSG_END, connection)
})

test('a request that is not idempotent is refused, and read to its end', async (context) => {
  const rig = await survive(context, POST, EV_DATA)
  const { client, heir } = rig
  const answer = readAll(client)
  assert.equal(takeOver(rig), -1, 'there is nothing to serve')
  client.end('dy')
  assert.match(await answer, /^HTTP\/1\.1 502 Bad Gateway\r\nConnection: close\r\n/)
  await until(() => heir.reactor.stats().connections === 0)
})

test('what nobody takes over is closed', async (context) => {
  const { row, client } = await survive(context, GET, EV_MSG_END)
  closeHandedOver(row, 60_000)
  assert.equal(handedOver(row), 1, 'its time is not over')
  closeHandedOver(row, 0)
  assert.equal(handedOver(row), 0)
  assert.equal(await readAll(client), '')
})

test('a request is given to one other reactor, not to a third', async (context) => {
  const { row, client } = await survive(context, GET, EV_MSG_END)
  const worker = new Worker(new URL('./hand-over-worker.js', import.meta.url), {
    workerData: { takes: row },
  })
  const seen: unknown[] = []
  worker.on('message', (kind) => seen.push(kind))
  await until(() => seen.includes(EV_MSG_END))
  const answer = readAll(client)
  await worker.terminate()
  assert.match(await answer, /^HTTP\/1\.1 502 /)
  closeHandedOver(row, 0)
})
