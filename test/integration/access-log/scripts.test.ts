import assert from 'node:assert/strict'
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { runSluice, startSluice } from '../../support/sluice-process.ts'
import { temporaryFolder, temporaryScript } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { startAdmin } from '../support/start-admin.ts'
import { startScript } from '../support/start-script.ts'

/** A proxy that records its requests; `log` is the text of `accessLog`. */
function proxy(address: string, log: string, listen = 'listen(0)'): string {
  return `
    pipy()
      .${listen}
        .decodeHttpRequest()
        .demux('request')
        .encodeHttpResponse()
      .pipeline('request')
        .beginRequest(${log === '' ? '' : `{ accessLog: ${log} }`})
        .mux('upstream', () => '')
        .endRequest()
      .pipeline('upstream')
        .encodeHttpRequest()
        .connect('${address}')
        .decodeHttpResponse()
  `
}

function linesOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'latin1').split('\n').slice(0, -1) : []
}

async function untilLines(path: string, count: number): Promise<string[]> {
  for (;;) {
    const lines = linesOf(path)
    if (lines.length >= count) return lines
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a line in the common format, in a file beside the script', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const file = temporaryScript(context, proxy(upstream.address, "'access.log'"))
  const sluice = startSluice(context, [file])
  const [port = 0] = await sluice.ports()
  const url = `http://127.0.0.1:${port}/a?b`
  await curl('-A', 'test "agent"', '-e', 'http://from/', url)
  const [line = ''] = await untilLines(join(file, '../access.log'), 1)
  assert.match(
    line,
    /^127\.0\.0\.1 - - \[[^\]]+\] "GET \/a\?b HTTP\/1\.1" 200 5 "http:\/\/from\/" "test \\x22agent\\x22"$/,
  )
})

test('JSON, also of what fails, what is refused, and of clients that go', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const silent = await startRawServer(context, () => {})
  const { port } = await startScript(
    context,
    `
      pipy()
        .listen(0)
          .decodeHttpRequest()
          .demux('request')
          .encodeHttpResponse()
        .pipeline('request')
          .beginRequest({ accessLog: { path: '${path}', format: 'json' } })
          .route([
            { path: { prefix: '/silent' }, to: 'silent' },
            { path: { prefix: '/closed' }, to: 'closed' },
            { to: 'answer' },
          ])
          .endRequest()
        .pipeline('silent')
          .encodeHttpRequest()
          .connect('${silent.address}')
          .decodeHttpResponse()
        .pipeline('closed')
          .encodeHttpRequest()
          .connect('127.0.0.1:${await findFreePort()}')
          .decodeHttpResponse()
        .pipeline('answer')
          .replaceMessage(new Message({ status: 404 }, 'none'))
    `,
  )
  const url = `http://127.0.0.1:${port}`
  await curl('-d', 'abc', `${url}/x`)
  const { stdout: status } = await curl('-o', '/dev/null', '-w', '%{http_code}', `${url}/closed`)
  const bad = await connectRaw(context, port)
  bad.write('GET / HTTP/1.1\r\nBad Header: a\r\n\r\n')
  assert.equal((await bad.message()).status, 400)
  const gone = await connectRaw(context, port)
  gone.write('GET /silent HTTP/1.1\r\nHost: a\r\n\r\n')
  await untilLines(path, 3)
  gone.reset()
  const lines = (await untilLines(path, 4)).map((line) => JSON.parse(line))
  const [answered, failed, refused, left] = lines
  const listener = '0.0.0.0:0'
  assert.deepEqual(
    { ...answered, time: '', duration_ms: 0, header_ms: 0, user_agent: '' },
    {
      ...{ time: '', client: '127.0.0.1', listener, route: '', method: 'POST', target: '/x' },
      ...{ protocol: 'HTTP/1.1', host: `127.0.0.1:${port}`, status: 404, bytes: 4 },
      ...{ request_bytes: 3, duration_ms: 0, header_ms: 0, connect_ms: null, upstream: '' },
      ...{ endpoint: '', attempts: 0, id: '', traceparent: '', user_agent: '', referer: '' },
      end: 'ok',
    },
  )
  assert.equal(failed.status, Number(status))
  assert.equal(failed.end, 'ConnectionRefused')
  assert.deepEqual([refused.status, refused.end, refused.target], [400, 'Invalid', ''])
  assert.equal(refused.listener, listener)
  assert.deepEqual([left.status, left.end, left.target], [499, 'ClientGone', '/silent'])
})

test('the endpoint is what an algo.Upstream has chosen', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const closed = `127.0.0.1:${await findFreePort()}`
  const { port } = await startScript(
    context,
    `
      ((app = new algo.Upstream({
        endpoints: ['${closed}', '${upstream.address}'],
      })) => pipy({ _choice: null })
        .listen(0)
          .decodeHttpRequest()
          .demux('request')
          .encodeHttpResponse()
        .pipeline('request')
          .beginRequest({ accessLog: { path: '${path}', format: '{endpoint} {attempts} {status}' } })
          .onMessageStart(e => _choice = app.choose(e))
          .mux('upstream', () => _choice.select(), { retries: 1, pipelining: 1 })
          .endRequest()
        .pipeline('upstream')
          .encodeHttpRequest()
          .connect(() => _choice.target)
          .decodeHttpResponse()
      )()
    `,
  )
  await curl(`http://127.0.0.1:${port}/[1-2]`)
  const lines = await untilLines(path, 2)
  const [once, twice] = [`${upstream.address} 1 200`, `${upstream.address} 2 200`]
  assert.ok(
    lines.every((line) => line === once || line === twice),
    lines.join(),
  )
  assert.ok(lines.includes(twice), 'the other one was asked first')
})

test('rotation by SIGUSR1: no line is lost and none is written twice', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const log = `{ path: '${path}', format: '{target}' }`
  const { port, sluice } = await startScript(context, proxy(upstream.address, log), '--workers=2')
  for (const round of [0, 1, 2]) {
    const asking = curl(`http://127.0.0.1:${port}/[${round * 100}-${round * 100 + 99}]`)
    await untilLines(path, 1)
    renameSync(path, `${path}.${round}`)
    sluice.signal('SIGUSR1')
    while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5))
    await asking
  }
  sluice.signal('SIGTERM')
  await sluice.exit()
  const targets = ['.0', '.1', '.2', '']
    .flatMap((ending) => linesOf(`${path}${ending}`))
    .map((line) => Number(line.slice(1)))
  assert.deepEqual(
    targets.sort((one, other) => one - other),
    Array.from({ length: 300 }, (_, index) => index),
  )
})

test('a reload closes the files that nobody writes to any more', async (context) => {
  const folder = temporaryFolder(context)
  const [before, after] = [join(folder, 'before.log'), join(folder, 'after.log')]
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const file = temporaryScript(context, proxy(upstream.address, `'${before}'`))
  const sluice = startSluice(context, [file])
  const [port = 0] = await sluice.ports()
  const url = `http://127.0.0.1:${port}/`
  await curl(url)
  writeFileSync(file, proxy(upstream.address, `'${after}'`))
  sluice.signal('SIGHUP')
  await sluice.line(/Script reloaded/)
  await curl(url)
  await untilLines(after, 1)
  assert.equal((await untilLines(before, 1)).length, 1)
  const folderOfFiles = `/proc/${sluice.child.pid}/fd`
  const isOpen = (path: string): boolean =>
    readdirSync(folderOfFiles).some((fd) => {
      try {
        return readlinkSync(join(folderOfFiles, fd)) === path
      } catch {
        return false
      }
    })
  while (isOpen(before)) await new Promise((resolve) => setTimeout(resolve, 50))
  assert.ok(isOpen(after))
})

test('requests are counted by listener, without a log as well', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const script = `${proxy(upstream.address, '')}
    .listen(0, { host: '127.0.0.1' })
      .connect('${upstream.address}')
  `
  const admin = await startAdmin(context, [temporaryScript(context, script)])
  const url = `http://127.0.0.1:${admin.ports[0]}/`
  for (let i = 0; i < 5; i++) await curl('-d', 'abc', url)
  const found = await scrapeUntil(
    admin,
    (one) => one.sum('sluice_listener_requests_total', { code: '2xx' }) === 5,
  )
  assert.deepEqual(
    found
      .find('sluice_listener_requests_total', { code: '2xx' })
      .map(({ labels }) => labels.listener),
    ['0.0.0.0:0'],
    'one that does not record requests is none of the metrics',
  )
  assert.equal(found.sum('sluice_listener_request_body_bytes_total'), 15)
  assert.equal(found.sum('sluice_listener_response_body_bytes_total'), 25)
  assert.equal(found.sum('sluice_listener_active_requests'), 0)
  assert.equal(found.sum('sluice_listener_duration_seconds_count'), 5)
})

test('what is wrong is told before the program starts', async (context) => {
  const nowhere = join(temporaryFolder(context), 'no/where')
  const missing = await runSluice([temporaryScript(context, proxy('a:1', `'${nowhere}'`))])
  assert.notEqual(missing.status, 0)
  assert.match(missing.stderr, /cannot write the access log .*\/no\/where: no such directory/)

  const text = proxy('a:1', "'access.log'").replace('.endRequest()', '')
  const alone = await runSluice(['--verify', temporaryScript(context, text)])
  assert.notEqual(alone.status, 0)
  assert.match(
    alone.stdout + alone.stderr,
    /beginRequest without endRequest in pipeline request: add \.endRequest\(\) at its end/,
  )
  const unknown = proxy('a:1', "{ path: 'a', format: '{nope}' }")
  const format = await runSluice(['--verify', temporaryScript(context, unknown)])
  assert.notEqual(format.status, 0)
  assert.match(
    format.stdout + format.stderr,
    /option accessLog\.format: no field \{nope\}: use time/,
  )
})
