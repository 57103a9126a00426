import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import type { SluiceProcess } from '../../support/sluice-process.ts'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { eventually, openFiles } from '../support/process-facts.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'

/** Descriptors that a process gets beyond those it has. */
const SPARE = 20
const CLIENTS = 3 * SPARE
const SHORT =
  /\[error\] \[resources\] New connections wait or fail with 503: no file descriptor left/g
const ENOUGH = /\[resources\] There is enough again/g

/** Lets a running process have `SPARE` more descriptors; returns how many it has. */
function limitFiles({ child }: SluiceProcess): number {
  const before = openFiles(child.pid)
  setLimit(child.pid, before + SPARE)
  return before
}

function setLimit(pid: number | undefined, files: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:20000`])
}

function connectMany(context: TestContext, port: number): Promise<ByteStream[]> {
  return Promise.all(Array.from({ length: CLIENTS }, () => connectRaw(context, port)))
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}

async function assertReturns(sluice: SluiceProcess, files: number): Promise<void> {
  const { pid } = sluice.child
  await eventually(
    () => openFiles(pid) === files,
    () => `${files} descriptors before, ${openFiles(pid)} after`,
  )
  await sluice.line(ENOUGH)
  assert.equal(count(sluice.stdout, SHORT), 1, 'one episode, one line')
  assert.equal(count(sluice.stdout, ENOUGH), 1)
  assert.doesNotMatch(sluice.stdout, /died/)
}

test('without descriptors, connections wait and are served as others leave', async (context) => {
  const script = "pipy().listen(0, { host: '127.0.0.1' })"
  const { sluice, port } = await startScript(context, script, '--workers', '2')
  const files = limitFiles(sluice)
  const clients = await connectMany(context, port)
  await sluice.line(SHORT)
  let answered = 0
  const lives = clients.map(async (client, index) => {
    await client.write(`hello ${index};`).through(`hello ${index};`)
    answered++
    // Nobody leaves before others have had to wait.
    await eventually(
      () => answered >= SPARE / 2,
      () => `${answered} clients answered`,
    )
    client.end()
    assert.equal(await client.over(), 'end')
  })
  await Promise.all(lives)
  assert.equal(answered, CLIENTS)
  await assertReturns(sluice, files)
})

test('without descriptors for the upstream, requests get 503 and nothing leaks', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('hi')),
  )
  const { sluice, port } = await startLb(context, [upstream], '--workers', '2')
  const files = limitFiles(sluice)
  const clients = await connectMany(context, port)
  const { pid } = sluice.child
  await sluice.line(SHORT)
  await eventually(
    () => openFiles(pid) >= files + SPARE,
    () => `${openFiles(pid)} of ${files + SPARE} descriptors in use`,
  )
  const statuses = await Promise.all(
    clients.map(async (client) => {
      client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
      const answer = await client.message()
      client.end()
      return answer.status
    }),
  )
  assert.ok(statuses.includes(503), `it never ran out: ${statuses}`)
  assert.deepEqual(
    [...new Set(statuses)].filter((status) => ![200, 503].includes(status)),
    [],
  )
  const next = await connectRaw(context, port)
  assert.equal((await next.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n').message()).body, 'hi')
  next.end()
  upstream.dropAll()
  await assertReturns(sluice, files)
})
