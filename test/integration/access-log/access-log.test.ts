import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { runSluice } from '../../support/sluice-process.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { type RunningLb, startLb } from '../support/start-lb.ts'

function folderOf(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-access-log-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function start(context: TestContext, path: string, ...options: string[]): Promise<RunningLb> {
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  return startLb(context, [upstream], '--access-log', path, ...options)
}

/** Sends so many requests, ten on each connection; all have to be answered. */
async function ask(port: number, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 10) {
    const urls = Array.from({ length: 10 }, (_, i) => `http://127.0.0.1:${port}/${first + i}`)
    const { stdout } = await curl(...urls)
    assert.equal(stdout, '12345'.repeat(10))
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').slice(0, -1)
}

async function untilLines(path: string, count: number): Promise<string[]> {
  for (;;) {
    const lines = existsSync(path) ? linesOf(path) : []
    if (lines.length >= count) return lines
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a combined line for every request', async (context) => {
  const path = join(folderOf(context), 'access.log')
  const { port } = await start(context, path)
  await curl('-A', 'test agent', '-e', 'http://from/', `http://127.0.0.1:${port}/a?b`)
  const [line = ''] = await untilLines(path, 1)
  assert.match(
    line,
    /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/a\?b HTTP\/1\.1" 200 5 "http:\/\/from\/" "test agent"$/,
  )
})

test('JSON, also of what fails and of clients that go', async (context) => {
  const path = join(folderOf(context), 'access.log')
  const upstream = await startRawServer(context)
  const options = ['--access-log', path, '--access-log-format', 'json']
  const { port } = await startLb(context, [upstream], ...options)
  const url = `http://127.0.0.1:${port}/`
  const failing = curl('-o', '/dev/null', url)
  const connection = await upstream.connection()
  await connection.message()
  connection.reset()
  await failing
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await upstream.connection()
  client.reset()
  const [failed, gone] = (await untilLines(path, 2)).map((line) => JSON.parse(line))
  assert.equal(failed.status, 502)
  assert.notEqual(failed.end, 'ok')
  assert.equal(failed.endpoint, upstream.address)
  assert.equal(gone.status, 499)
  assert.equal(gone.end, 'ClientGone')
})

test('rotation: no line is lost and none is written twice, by several workers', async (context) => {
  const path = join(folderOf(context), 'access.log')
  const format = ['--access-log-format', '{target}', '--workers', '2']
  const { port, sluice } = await start(context, path, ...format)
  const requests = 300
  for (const round of [0, 1, 2]) {
    const asking = ask(port, round * 100, round * 100 + 100)
    await untilLines(path, 1)
    renameSync(path, `${path}.${round}`)
    sluice.signal('SIGUSR1')
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5))
    await asking
  }
  sluice.signal('SIGTERM')
  await sluice.exit()
  const files = ['.0', '.1', '.2', ''].map((ending) => `${path}${ending}`)
  const targets = files.flatMap(linesOf).map((line) => Number(line.slice(1)))
  assert.deepEqual(
    targets.sort((one, other) => one - other),
    Array.from({ length: requests }, (_, index) => index),
  )
})

test('what is logged is written before the process ends', async (context) => {
  const path = join(folderOf(context), 'access.log')
  const { port, sluice } = await start(context, path)
  await ask(port, 0, 50)
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
  assert.equal(linesOf(path).length, 50)
})

test('a full disk costs lines and no request', async (context) => {
  const { port, sluice } = await start(context, '/dev/full')
  await ask(port, 0, 200)
  await sluice.line(/\[access log\] \/dev\/full cannot be written, lines are dropped: ENOSPC/)
  await ask(port, 0, 50)
})

test('a pipe that nobody empties holds up no request', async (context) => {
  const path = join(folderOf(context), 'pipe')
  execFileSync('mkfifo', [path])
  const reader = spawn('sh', ['-c', 'exec 3<> "$0"; echo open; exec sleep 600', path])
  context.after(() => reader.kill('SIGKILL'))
  await once(reader.stdout, 'data')
  const { port, sluice } = await start(context, path)
  // More than the 64 KB that fit the pipe.
  const { stdout } = await curl(`http://127.0.0.1:${port}/[1-1500]`)
  assert.equal(stdout.length, 1500 * 5)
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
})

test('a log that cannot be written, or understood, ends the start with one line', async (context) => {
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', '127.0.0.1:1']
  const missing = await runSluice([...args, '--access-log', join(folderOf(context), 'no/where')])
  assert.equal(missing.status, 1)
  assert.match(missing.stderr, /^sluice: cannot write the access log .*: no such directory\n$/)
  const unknown = await runSluice([...args, '--access-log', 'x', '--access-log-format', '{nope}'])
  assert.equal(unknown.status, 2)
  assert.match(unknown.stderr, /^sluice: --access-log-format: no field \{nope\}: use time, .*\n$/)
  const alone = await runSluice([...args, '--access-log-format', 'json'])
  assert.match(alone.stderr, /--access-log-format needs --access-log/)
})
