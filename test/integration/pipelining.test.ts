import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
}

test('pipelined requests are answered in order, also when the last is ready first', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(get('/1') + get('/2') + get('/3'))
  const asked = new Map<string, Awaited<ReturnType<typeof upstream.connection>>>()
  for (let i = 0; i < 3; i++) {
    const connection = await upstream.connection()
    asked.set((await connection.message()).startLine.split(' ')[1] ?? '', connection)
  }
  asked.get('/3')?.write(response('three'))
  asked.get('/2')?.write(response('two'))
  // Both wait for the first: the balancer has them, or the next answer could not be in order.
  asked.get('/1')?.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')
  await client.through('one')
  asked.get('/1')?.write('0\r\n\r\n')
  await client.through('0\r\n\r\n')
  assert.equal((await client.message()).body, 'two')
  assert.equal((await client.message()).body, 'three')
})

test('two hundred pipelined requests and their bodies', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line.split(' ')[1] ?? '')),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  let requests = ''
  for (let i = 0; i < 200; i++) {
    const body = 'x'.repeat(i)
    requests +=
      i % 2 === 0
        ? get(`/${i}`)
        : `POST /${i} HTTP/1.1\r\nHost: a\r\nContent-Length: ${i}\r\n\r\n${body}`
  }
  client.write(requests)
  for (let i = 0; i < 200; i++) assert.equal((await client.message()).body, `/${i}`)
})

test('a failed request in the middle gets its own answer', async (context) => {
  const upstream = await startRawServer(context, async (connection) => {
    const { startLine } = await connection.message()
    if (startLine.includes('/2')) connection.reset()
    else connection.end(response(startLine, 'Connection: close'))
  })
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(get('/1') + get('/2') + get('/3'))
  assert.equal((await client.message()).body, 'GET /1 HTTP/1.1')
  assert.equal((await client.message()).status, 502)
  assert.equal((await client.message()).body, 'GET /3 HTTP/1.1')
})

test('rubbish behind a good request: the answer, then 400, then the end', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(`${get('/1')}RUBBISH\r\n\r\n${get('/never')}`)
  const connection = await upstream.connection()
  await connection.message()
  connection.write(response('one'))
  assert.equal((await client.message()).body, 'one')
  const refusal = await client.message()
  assert.equal(refusal.status, 400)
  assert.equal(refusal.field('connection'), 'close')
  assert.equal(await client.rest(), '')
  assert.equal(upstream.accepted, 1)
})

test('Connection: close in the middle ends the connection after its answer', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(`${get('/1')}GET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${get('/3')}`)
  assert.equal((await client.message()).field('connection') ?? 'keep-alive', 'keep-alive')
  const last = await client.message()
  assert.equal(last.body, 'GET /2 HTTP/1.1')
  assert.equal(last.field('connection'), 'close')
  assert.equal(await client.rest(), '')
})
